package app

import (
	"context"
	"time"
)

// Trim trims the streams as if it were a later time.
func (a *App) Trim(ctx context.Context, now time.Time) { a.trim(ctx, now) }
