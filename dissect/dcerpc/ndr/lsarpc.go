package ndr

// lsarpcCalls are the operations of [MS-LSAD] 3.1.4 and [MS-LSAT] 3.1.4.
var lsarpcCalls []*op
