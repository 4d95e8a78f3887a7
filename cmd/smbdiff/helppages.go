package main

const masksUsage = `
A mask file is TOML. Its rules count in their order, then those of what it
extends (without extends: default):

  extends = "default"              a set, a file beside it, or a list of them
  [[mask]]
  field   = "smb2.create.oplock"   name, or path with a slash; * and ?; a list
  how     = "drop"                 see below
  command = "CREATE"               optional: in these operations, * and ?
  message = "response"             optional: or request
  when    = 'path ~ "\\.tmp$"'      optional: a filter, smbdiff help filter
  values  = ["NONE", "LEASE"]      optional: where both sides have one of these
  status  = true                   it may hide an outcome: a status, a missing
                                   answer, an operation (smbdiff.operation)
  name    = "oplocks"              what reports call the rule

  drop        the value is ignored, that it is there is compared
  alias X     renamed by first appearance; equal names must stand for equal
              values: S session, T tree, F open, M message, L lease, G GUID, C
              create GUID, or a word of your own
  any order   entries of a list may stand in any order
  within N    numbers and times may differ: 10, 2s, or by a factor, 5x
  length      the size alone is compared
  shape       zero or not is compared, and of times beside each other which are
              the same: one that is seconds away from another shows, if the two
              are one on the other side
  zero        zero or not is compared: what the sets do with times, for a folder
              that was used before has them apart
  hide        not compared, not listed
  keep        compared, whatever the rules behind it say
`

const exitUsage = `exit code: 0 all compared and nothing differs, 1 something differs, 2 trouble,
or nothing differs and part could not be read (--allow-sealed: 0)
`

const exitMore = `
That is of diff, and of A B into a pipe. A difference that was found beats what
could not be read: 1, and the verdict says how much is unread. With --exit-zero
1 is 0, with --bisect 2 is 125.

Of the other verbs: 0 done, 2 trouble (a wrong call, a file that cannot be read,
a damaged or cut capture: what could be read is written first), and
  keys check   1 when some session stays shut
  learn        1 when rows still differ with the masks that were learned
A signal ends with 128 and its number: 130 interrupted, 143 terminated.
`

const jsonUsage = `JSON is in the order of the capture, the same bytes for the same input. 64-bit
numbers are strings in hex, times RFC 3339 with nanoseconds; fields have the
names that filters take. Each object has a schema:

  smbdiff/message/1   dump: a message. frame, frames [first, last], time,
                      connection, src, dst, protocol, command, response, status,
                      session_id, tree_id, async_id, message_id, compound,
                      sealed, decrypted, why (it stays shut), cipher, signature,
                      session S1, tree T1, open F1, path, request_frame, rtt_ns,
                      op, problems, outer, and fields: a tree of name, label,
                      value, show, offset, length, children; raw with --raw
  smbdiff/fields/1    dump --fields: for each name a list of texts
  smbdiff/op/1        dump --format ops: an operation. op, ts, t, rtt, conn,
                      session, tree, user, version, command, path, file, object,
                      status, sealed, opened, frames [request, response]
  smbdiff/diff/1      diff --format json: verdict, exit, a, b, first, causes,
                      and rows: row, grade, moved, command, path, side, a, b
                      (each with a command and path where they are not the
                      same), and fields: name, path, op, a, b, frame_a,
                      frame_b, masked (by what)
  smbdiff/stats/1     stats --format json

ndjson is the same, an object a line; of diff a summary and then the rows.

  smbdiff dump A | jq -c 'select(.status=="STATUS_NOT_FOUND") | {frame,path}'
  smbdiff diff A B --format json | jq '.first'
`
