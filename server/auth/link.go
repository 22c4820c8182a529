package auth

import (
	"context"

	"citydeck/cockpits/access/account"
)

// SignInLink lets who was sent a link in: for one command, as one responder,
// until a time (Unix ms). That the link is his was proved before.
func (a *Auth) SignInLink(ctx context.Context, command, responder, address string, endsAt int64) (cookie string, err error) {
	cookie = secret()
	now := a.now()
	return cookie, a.keep.AddSession(ctx, account.Session{
		ID: sessionPrefix + handle(), Hash: digest(cookie), MadeAt: now, SeenAt: now, EndsAt: endsAt,
		Command: command, Person: responder, Address: address,
	})
}
