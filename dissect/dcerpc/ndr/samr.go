package ndr

// samrCalls are the operations of [MS-SAMR] 3.1.5.
var samrCalls []*op
