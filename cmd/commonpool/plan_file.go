package main

import (
	"errors"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/replay"
)

// maxPlanBytes bounds a plan; the parser's time grows with the square of how
// deep it is nested.
const maxPlanBytes = 128 << 10

// readPlan returns a built-in plan or reads one from a file.
func (a *app) readPlan(path string) (replay.Plan, error) {
	if plan := builtInPlans[path]; plan != nil {
		return plan(defaultSeed), nil
	}
	var plan replay.Plan
	err := a.withInput(path, "reading", func(r io.Reader) error {
		text, err := io.ReadAll(io.LimitReader(r, maxPlanBytes+1))
		if err != nil {
			return err
		}
		if len(text) > maxPlanBytes {
			return fault.New(fault.Invalid, "too_large", "has more than %d bytes", maxPlanBytes)
		}
		plan, err = parsePlan(text)
		return err
	})
	return plan, err
}

// parsePlan reads a plan strictly. Its error joins every fault of the plan with
// its line, or is the first of the YAML.
func parsePlan(text []byte) (replay.Plan, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return replay.Plan{}, yamlFault(err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return replay.Plan{}, fault.New(fault.Invalid, pool.CodeMalformed, "expected one YAML document with a plan in it")
	}
	var v vagueValues
	ast.Walk(&v, file.Docs[0].Body)
	if v.found != nil {
		return replay.Plan{}, errors.Join(v.found...)
	}
	var plan replay.Plan
	if err := yaml.NewDecoder(strings.NewReader(string(text)), yaml.Strict()).Decode(&plan); err != nil {
		return replay.Plan{}, yamlFault(err)
	}
	return plan, placed(plan.Check(), file)
}

// yamlFault turns an error of the YAML library into a fault at its line.
func yamlFault(err error) error {
	var y yaml.Error
	if !errors.As(err, &y) {
		return fault.New(fault.Invalid, pool.CodeMalformed, "%v", err)
	}
	line := 0
	if t := y.GetToken(); t != nil && t.Position != nil {
		line = t.Position.Line
	}
	return fault.New(fault.Invalid, pool.CodeMalformed, "%s", y.GetMessage()).At(line, "")
}

// vagueValues finds the values that the decoder would round or read as 0, and
// what it does not read safely (some tags make it panic).
type vagueValues struct{ found []error }

// Visit looks at one node.
func (v *vagueValues) Visit(n ast.Node) ast.Visitor {
	var problem string
	switch n.(type) {
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		problem = "is " + n.GetToken().Value + ", expected an integer, or a text in quotes"
	case *ast.TagNode, *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		problem = "found " + n.GetToken().Value + ", expected a plain value: a plan has no tags, anchors and aliases"
	case *ast.NullNode:
		problem = "is empty, expected a value; leave the key out for 0 or an empty list"
	default:
		return v
	}
	path := strings.TrimPrefix(n.GetPath(), "$.")
	v.found = append(v.found, fault.New(fault.Invalid, pool.CodeMalformed, "%s", problem).At(n.GetToken().Position.Line, path))
	return nil
}

// placed gives the faults of a plan the lines where their fields stand, or the
// nearest above that is there.
func placed(err error, file *ast.File) error {
	var list []error
	for _, e := range eachOf(err) {
		var f *fault.Error
		if errors.As(e, &f) && f.Line == 0 {
			at := *f
			at.Line = lineOf(file, f.Path)
			e = &at
		}
		list = append(list, e)
	}
	return errors.Join(list...)
}

// lineOf is the line of a path in a file, 0 if nothing of it is there.
func lineOf(file *ast.File, path string) int {
	for path != "" {
		if p, err := yaml.PathString("$." + path); err == nil {
			if n, err := p.FilterFile(file); err == nil && n != nil {
				return n.GetToken().Position.Line
			}
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 0
}
