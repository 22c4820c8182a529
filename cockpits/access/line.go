package access

// Result is what came of what was asked.
type Result string

// The results.
const (
	Allowed Result = "allowed"
	Refused Result = "refused"
	Failed  Result = "failed" // allowed, and then it could not be done
)

// Line 审计记录 is one line of the audit: who did what, where and why, from
// where, and what came of it. It holds ids, never names of persons or values.
type Line struct {
	N       int64  `json:"n"`  // its place in the chain, from 1; given by the record
	At      int64  `json:"at"` // Unix ms
	Actor   string `json:"actor"`
	Role    string `json:"role"`
	Action  string `json:"action"`
	Object  string `json:"object"`
	Area    string `json:"area"`
	Purpose string `json:"purpose"`
	Address string `json:"address"`
	Result  Result `json:"result"`
}

// Lines that are not decisions, but belong on record.
const (
	SignIn    = "sign_in"
	SignOut   = "sign_out"
	CrossSite = "cross_site"
	Erased    = "erase"
)
