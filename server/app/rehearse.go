package app

import (
	"context"
	"io"

	"citydeck/server/simulate/crew"
)

// Rehearsal says which command simulated people answer, and how.
type Rehearsal = crew.Config

// Rehearse has simulated people answer a command of a server that runs. It
// returns how that ended.
func Rehearse(ctx context.Context, r Rehearsal, out io.Writer) (crew.Result, error) {
	return crew.Run(ctx, r, out)
}
