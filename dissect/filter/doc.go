// Package filter is the language in which messages and operations are chosen:
// the common core of Wireshark's display filters over all field names, plus
// facts of the row itself. It is one implementation for dump, list, statistics,
// comparison, masks and the screen. It knows what a message, an operation and a
// tree look like; it does not know where they come from or what is done with
// those that match.
//
//	filter   or-list of and-lists of tests; && and, || or, ! not, ( )
//	test     OPERAND                      a field is there; a yes-or-no fact is true
//	         OPERAND REL VALUE            == eq  != ne  > gt  < lt  >= ge  <= le
//	         OPERAND contains VALUE       octets or text in it, case counts
//	         OPERAND matches REGEXP       also ~; RE2, case does not count
//	         OPERAND in {1, 5..9, NAME}   also "not in"
//	         WORD                         text in command, object or status
//	operand  FIELD | FACT, then [from:length] [from-to] [at], or & MASK;
//	         len(X) count(X) lower(X) upper(X)
//	value    number (10, 0x10, 010, 0b10), "text" with \ escapes, r"text", aa:bb:cc,
//	         name of a value, GUID, address or net, time, duration (5ms), operand
//
// A field that occurs several times matches when one occurrence does. As in
// Wireshark 4.0, != is the exception: all occurrences must differ (all_ne);
// !== or any_ne asks for one that differs, === or all_eq for all that are
// equal, and "any" and "all" before a test say it for every relation. With no
// occurrence no test holds, so !(x == 1) lets through what x != 1 does not.
//
// Names of values are those of the specification, in any case; STATUS_, FSCTL_
// and FILE_ may be left out. For the row of a comparison the filter holds when
// it holds for A's operation or for B's; a. and b. before a name mean that side
// whichever is looked at.
//
// The parser is a small one of our own. expr-lang/expr and parser generators
// such as participle bring their own idea of operators, of a missing field and
// of many occurrences; Wireshark's words, byte strings, sets and "does it
// occur" would have to be rewritten into them, and errors would point into the
// rewritten text. What is left to write is what a library cannot know.
package filter
