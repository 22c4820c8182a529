package seal

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

const (
	macName  = "hmac-sha256"
	signName = "ed25519"
)

// MAC signs a text for a purpose, as "hmac-sha256/k1:hex".
func (k *Keys) MAC(purpose, text string) string { return k.mac(k.Current(), purpose, text) }

// MACs gives what MAC would have given with each key, the current one first: a
// look-up by what is kept asks for all of them.
func (k *Keys) MACs(purpose, text string) []string {
	ids := k.IDs()
	list := make([]string, len(ids))
	for i, id := range ids {
		list[len(ids)-1-i] = k.mac(id, purpose, text)
	}
	return list
}

func (k *Keys) mac(id, purpose, text string) string {
	h := hmac.New(sha256.New, k.derive(id, macName+" "+purpose))
	h.Write([]byte(text))
	return macName + "/" + id + ":" + hex.EncodeToString(h.Sum(nil))
}

// Holds tells whether a text was signed for a purpose by one of the keys.
func (k *Keys) Holds(purpose, text, mac string) bool {
	head, _, _ := strings.Cut(mac, ":")
	name, id, _ := strings.Cut(head, "/")
	return name == macName && k.has(id) && hmac.Equal([]byte(k.mac(id, purpose, text)), []byte(mac))
}

// Sign signs a text so that who has the public key alone can check it, as
// "ed25519/k1:base64".
func (k *Keys) Sign(text string) string {
	id := k.Current()
	sig := ed25519.Sign(k.private(id), []byte(text))
	return signName + "/" + id + ":" + base64.StdEncoding.EncodeToString(sig)
}

// Signed tells whether a text was signed by one of the keys.
func (k *Keys) Signed(text, signature string) bool {
	head, body, _ := strings.Cut(signature, ":")
	name, id, _ := strings.Cut(head, "/")
	sig, err := base64.StdEncoding.DecodeString(body)
	if name != signName || !k.has(id) || err != nil {
		return false
	}
	public, _ := k.private(id).Public().(ed25519.PublicKey)
	return ed25519.Verify(public, []byte(text), sig)
}

func (k *Keys) private(id string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(k.derive(id, signName+" anchor"))
}
