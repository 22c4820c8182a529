package auth

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// How recovery codes are made: for who has lost his phone, on paper.
const (
	recoveryCodes = 10
	recoverySize  = 10 // letters of 5 bits each
	recoveries    = "recovery"
)

// recoveryLetters are those that nobody confuses when he reads them aloud.
const recoveryLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// Recover gives somebody new recovery codes, each good once in place of a
// one-time code, and makes the ones before worthless. Only their proofs are
// kept. It fails with fault.Conflict for who needs no one-time codes.
func (a *Auth) Recover(ctx context.Context, name string) (codes []string, err error) {
	who, err := a.keep.Account(ctx, name)
	if err != nil {
		return nil, err
	}
	if who.Seed == "" {
		return nil, fault.New(fault.Conflict, "", "%s signs in without one-time codes, so there is nothing to recover", name)
	}
	letters := base32.NewEncoding(recoveryLetters).WithPadding(base32.NoPadding)
	var proofs []string
	for range recoveryCodes {
		b := make([]byte, recoverySize)
		_, _ = rand.Read(b) // never fails
		code := letters.EncodeToString(b)[:recoverySize]
		codes = append(codes, code[:recoverySize/2]+"-"+code[recoverySize/2:])
		proofs = append(proofs, a.keep.MAC(recoveries, name+"\n"+code))
	}
	return codes, a.keep.SetRecoveries(ctx, name, proofs)
}

// RecoveryLeft tells how many recovery codes somebody has left, and whether he
// needs one-time codes at all.
func (a *Auth) RecoveryLeft(ctx context.Context, name string) (left int, needs bool, err error) {
	who, err := a.keep.Account(ctx, name)
	if err != nil {
		return 0, false, err
	}
	proofs, err := a.keep.Recoveries(ctx, name)
	return len(proofs), who.Seed != "", err
}

// recovered uses a recovery code. That stands on record before it counts.
func (a *Auth) recovered(ctx context.Context, who account.Account, code, address string) (bool, error) {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	if len(code) != recoverySize || strings.Trim(code, recoveryLetters) != "" {
		return false, nil
	}
	kept, err := a.keep.Recoveries(ctx, who.Name)
	if err != nil {
		return false, err
	}
	at := slices.IndexFunc(kept, func(proof string) bool { return a.signed(recoveries, who.Name+"\n"+code, proof) })
	if at < 0 {
		return false, nil
	}
	actor := access.Actor{Kind: access.User, Name: who.Name, Grants: who.Grants, Address: address}
	if err := a.note(ctx, actor, access.SignIn, fmt.Sprintf("recovery code, %d left", len(kept)-1)); err != nil {
		return false, err
	}
	return a.keep.UseRecovery(ctx, who.Name, kept[at])
}
