package store

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

const uniqueViolation = "23505" // SQLSTATE

// IsDuplicate tells whether a row was refused because its key exists.
func IsDuplicate(err error) bool {
	if s, ok := errors.AsType[sqlite3.Error](err); ok {
		return s.ExtendedCode == sqlite3.ErrConstraintPrimaryKey || s.ExtendedCode == sqlite3.ErrConstraintUnique
	}
	p, ok := errors.AsType[*pgconn.PgError](err)
	return ok && p.Code == uniqueViolation
}

// IsFull tells whether a write was refused for want of room.
func IsFull(err error) bool {
	s, ok := errors.AsType[sqlite3.Error](err)
	return ok && s.Code == sqlite3.ErrFull
}
