// Package font holds the face that documents are printed in: Latin and Chinese in one TrueType file.
//
// It is WenQuanYi Micro Hei 0.2.0-beta (© 2008–2009 The WenQuanYi Project Board
// of Trustees, Qianqian Fang and mozbug, based on Google's Droid fonts), the
// first face of its collection, unchanged, under the Apache License 2.0 beside it.
package font

import _ "embed"

// MicroHei is the file.
//
//go:embed wqy-microhei.ttf
var MicroHei []byte
