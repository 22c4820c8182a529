package indicator

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// maxDepth bounds the nesting of a formula.
const maxDepth = 100

// Formula is a parsed expression over measures: decimals, measure ids,
// + - * / and brackets, with the usual precedence.
type Formula struct {
	code  []op // postfix
	names []string
}

type op struct {
	kind  byte // 'n' number, 'v' variable, '~' negate, or the operator
	value float64
	name  int
}

// ParseFormula reads a formula. Its error names the column, counted from 1.
func ParseFormula(text string) (*Formula, error) {
	p := &parser{text: text, out: &Formula{}}
	if err := p.sum(0); err != nil {
		return nil, err
	}
	p.space()
	if p.at < len(p.text) {
		return nil, fmt.Errorf("column %d: unexpected %q", p.at+1, p.text[p.at])
	}
	return p.out, nil
}

// Names lists the measures that the formula uses, each once, in order of first use.
func (f *Formula) Names() []string { return f.names }

// Eval computes the formula; values stand in the order of Names. It answers
// false where a divisor is 0 or the result is no finite number.
func (f *Formula) Eval(values []float64) (float64, bool) {
	var fixed [16]float64
	stack := fixed[:0]
	for _, o := range f.code {
		switch o.kind {
		case 'n':
			stack = append(stack, o.value)
			continue
		case 'v':
			stack = append(stack, values[o.name])
			continue
		case '~':
			stack[len(stack)-1] = -stack[len(stack)-1]
			continue
		}
		a, b := stack[len(stack)-2], stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if o.kind == '/' && b == 0 {
			return 0, false
		}
		stack[len(stack)-1] = apply(o.kind, a, b)
	}
	v := stack[0]
	return v, !math.IsNaN(v) && !math.IsInf(v, 0)
}

func apply(kind byte, a, b float64) float64 {
	switch kind {
	case '+':
		return a + b
	case '-':
		return a - b
	case '*':
		return a * b
	}
	return a / b
}

type parser struct {
	text string
	at   int
	out  *Formula
}

func (p *parser) space() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t') {
		p.at++
	}
}

func (p *parser) peek() byte {
	p.space()
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) sum(depth int) error {
	return p.chain(depth, '+', '-', p.product)
}

func (p *parser) product(depth int) error {
	return p.chain(depth, '*', '/', p.factor)
}

// chain reads left-associative operators of one precedence.
func (p *parser) chain(depth int, one, other byte, next func(int) error) error {
	if err := next(depth); err != nil {
		return err
	}
	for {
		c := p.peek()
		if c != one && c != other {
			return nil
		}
		p.at++
		if err := next(depth); err != nil {
			return err
		}
		p.out.code = append(p.out.code, op{kind: c})
	}
}

func (p *parser) factor(depth int) error {
	if depth >= maxDepth {
		return fmt.Errorf("column %d: more than %d levels deep", p.at+1, maxDepth)
	}
	c := p.peek()
	switch {
	case c == 0:
		return fmt.Errorf("column %d: the formula ends where a measure or number should stand", p.at+1)
	case c == '-':
		p.at++
		if err := p.factor(depth + 1); err != nil {
			return err
		}
		p.out.code = append(p.out.code, op{kind: '~'})
		return nil
	case c == '(':
		return p.bracket(depth)
	case c >= '0' && c <= '9' || c == '.':
		return p.number()
	case c >= 'a' && c <= 'z':
		p.name()
		return nil
	}
	return fmt.Errorf("column %d: unexpected %q", p.at+1, c)
}

func (p *parser) bracket(depth int) error {
	open := p.at
	p.at++
	if err := p.sum(depth + 1); err != nil {
		return err
	}
	if p.peek() != ')' {
		return fmt.Errorf("column %d: the bracket is never closed", open+1)
	}
	p.at++
	return nil
}

func (p *parser) number() error {
	from := p.at
	for p.at < len(p.text) && (p.text[p.at] >= '0' && p.text[p.at] <= '9' || p.text[p.at] == '.') {
		p.at++
	}
	v, err := strconv.ParseFloat(p.text[from:p.at], 64)
	if err != nil {
		return fmt.Errorf("column %d: %q is not a decimal number", from+1, p.text[from:p.at])
	}
	p.out.code = append(p.out.code, op{kind: 'n', value: v})
	return nil
}

func (p *parser) name() {
	from := p.at
	for p.at < len(p.text) && nameByte(p.text[p.at]) {
		p.at++
	}
	name := p.text[from:p.at]
	i := slices.Index(p.out.names, name)
	if i < 0 {
		i = len(p.out.names)
		p.out.names = append(p.out.names, name)
	}
	p.out.code = append(p.out.code, op{kind: 'v', name: i})
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_'
}
