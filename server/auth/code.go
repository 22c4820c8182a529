package auth

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"net/url"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"citydeck/cockpits/access/account"
)

// How one-time codes are made (RFC 6238), as every app on a phone knows it.
const (
	period   = 30_000 // ms
	seedSize = 20     // bytes
	issuer   = "Citydeck"
)

// newSeed is a seed of one-time codes.
func newSeed() string {
	b := make([]byte, seedSize)
	_, _ = rand.Read(b) // never fails
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// enrolment is what a phone reads to make the codes.
func enrolment(name, seed string) string {
	return "otpauth://totp/" + issuer + ":" + url.PathEscape(name) + "?secret=" + seed +
		"&issuer=" + issuer + "&algorithm=SHA1&digits=6&period=30"
}

// code uses a one-time code: of the step before, this or the next one, and each
// once, also when two come at the same time. A recovery code does as well.
func (a *Auth) code(ctx context.Context, who account.Account, code, address string) (bool, error) {
	code = strings.TrimSpace(code)
	if who.Seed == "" {
		return false, nil
	}
	if len(code) != 6 {
		return a.recovered(ctx, who, code, address)
	}
	now := a.now() / period
	for step := now - 1; step <= now+1; step++ {
		right, err := hotp.ValidateCustom(code, uint64(step), who.Seed, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return false, nil // not digits
		}
		if right && step > who.Step {
			return a.keep.UseStep(ctx, who.Name, step)
		}
	}
	return false, nil
}
