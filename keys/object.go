package keys

import (
	"encoding/hex"
	"encoding/json"
	"strings"
)

// object takes a line that is a JSON object with keys, one session a line, as
// keys derive writes them with secrets shown. It reports false for other text.
func (p *parser) object(text string) (bool, error) {
	if !strings.HasPrefix(text, `{"`) || !strings.Contains(text, `_key"`) {
		return false, nil
	}
	var o struct {
		ID      string `json:"session_id"`
		Session string `json:"session_key"`
		Signing string `json:"signing_key"`
		C2S     string `json:"client_to_server_key"`
		S2C     string `json:"server_to_client_key"`
	}
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&o); err != nil {
		return false, nil
	}
	k := Key{Source: p.source(), AnyID: o.ID == ""}
	if !k.AnyID {
		var ok bool
		if k.SessionID, k.AltID, ok = sessionID(o.ID); !ok {
			return true, p.fail("the session id is not 16 hex digits", columnsHint)
		}
	}
	for _, f := range []struct {
		name, text string
		to         *[]byte
	}{{"session key", o.Session, &k.Session}, {"signing key", o.Signing, &k.Signing}, {"client-to-server key", o.C2S, &k.C2S}, {"server-to-client key", o.S2C, &k.S2C}} {
		if f.text == "" {
			continue
		}
		b, err := hex.DecodeString(f.text)
		if err != nil || len(b) != 16 && len(b) != 32 {
			return true, p.fail("the "+f.name+" has not 32 or 64 hex digits", "keys derive hides secrets unless --reveal is given")
		}
		*f.to = b
	}
	if k.empty() {
		return false, nil
	}
	p.log = true
	p.ring.add(k)
	return true, nil
}
