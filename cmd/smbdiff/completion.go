package main

import (
	"fmt"
	"strings"
)

// completion writes what a shell reads to complete verbs and flags.
func (a *app) completion(args []string) int {
	verbs := strings.Join(verbs[:], " ")
	var flags []string
	for word := range strings.FieldsSeq(usage("") + filterUsage + configUsage) {
		if w := strings.TrimRight(word, ",:;.)"); strings.HasPrefix(w, "--") && len(w) > 2 && !strings.ContainsAny(w, "=[|") {
			flags = append(flags, w)
		}
	}
	words := strings.Join(unique(flags), " ")
	shell := ""
	if len(args) == 1 {
		shell = args[0]
	}
	switch shell {
	case "bash":
		fmt.Fprintf(a.stdout, `_smbdiff() {
	local word=${COMP_WORDS[COMP_CWORD]}
	if [[ $word == -* ]]; then
		COMPREPLY=($(compgen -W '%s' -- "$word"))
	elif (( COMP_CWORD == 1 )); then
		COMPREPLY=($(compgen -W '%s' -- "$word") $(compgen -f -- "$word"))
	else
		COMPREPLY=($(compgen -f -- "$word"))
	fi
}
complete -o filenames -F _smbdiff smbdiff
`, words, verbs)
	case "zsh":
		fmt.Fprintf(a.stdout, `#compdef smbdiff
_smbdiff() {
	if [[ $words[CURRENT] == -* ]]; then
		compadd -- %s
	else
		(( CURRENT == 2 )) && compadd -- %s
		_files
	fi
}
compdef _smbdiff smbdiff
`, words, verbs)
	case "fish":
		fmt.Fprintf(a.stdout, "complete -c smbdiff -n __fish_use_subcommand -a '%s'\n", verbs)
		for _, f := range unique(flags) {
			fmt.Fprintf(a.stdout, "complete -c smbdiff -l %s\n", strings.TrimPrefix(f, "--"))
		}
	case "powershell":
		fmt.Fprintf(a.stdout, `Register-ArgumentCompleter -Native -CommandName smbdiff -ScriptBlock {
	param($word, $line)
	$words = if ($word -like '-*') { '%s' } elseif ($line.CommandElements.Count -le 2) { '%s' } else { '' }
	$words -split ' ' | Where-Object { $_ -and $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`, words, verbs)
	default:
		return a.fail(usageError{what: "completion wants a shell", hint: "smbdiff completion bash|zsh|fish|powershell"})
	}
	return exitDone
}

// unique gives the words once each, in their order.
func unique(words []string) (out []string) {
	seen := map[string]bool{}
	for _, w := range words {
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}
