package main

const filterUsage = `A filter chooses messages (dump) or operations (lists, stats, diff, the
screen). It is the common core of Wireshark's display filters:

  smb2.filename                       the field is there
  smb2.cmd == CREATE                  == eq  != ne  > gt  < lt  >= ge  <= le
  smb2.nt_status in {STATUS_ACCESS_DENIED, 0xc0000043}
  smb2.read_length in {1..4096, 65536}
  smb2.filename contains "tmp"        text or octets in it
  smb2.filename matches "\.docx?$"     regular expression (RE2), case does not
                                      count; also ~
  smb2.flags & 0x2                    bits
  smb2.signature[0:4] == 00:00:00:00  a part: [from:length], [from-to], [from:]
  len(smb2.filename) > 255            also count() lower() upper()
  && and   || or   ! not   ( )

Text stands in quotes, with the escapes of C ("\t", "\x41"); r"docs\tmp" takes
backslashes as they are, and so does a bare word: path == docs\tmp. Octets are
written aa:bb:cc, times "2026-05-04 10:11:12.5" (UTC), durations 300us, 5ms,
1.5s.

All field names that dump shows may stand in it, and names of values as dump
shows them. A bare protocol name (smb2, smb, ntlmssp) asks whether it is there.
A field that is there several times matches when one of them does; with != all
must differ, as in Wireshark 4 (!== asks for one). What Wireshark repeats in
messages that do not carry it (square brackets in its tree) is not a field here.

Facts of the row:
  command (cmd)  status  status.class  path  user  frame  op  time  t  rtt
  request  response  session (S1)  tree (T1)  open (F3)  connection (C1)  sealed
  decrypted  cipher  signature  why  session_id  tree_id  async_id  message_id
  compound.index  compound.of  problems  src  dst  srcport  dstport  ip.addr
  tcp.port  protocol  request_frame
  in a comparison: differs  differs.side  only  masked  moved  grade, and a. or
  b. before any name

A word alone is searched for in command, path and status:
  smbdiff A --filter report

  smbdiff dump A --filter 'cmd == CREATE && status.class == error'
  smbdiff A --filter 'rtt > 5ms or path ~ "\.tmp$"'
`
