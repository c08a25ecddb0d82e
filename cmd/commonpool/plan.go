package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/internal/replay"
)

// Names of the plans that are built in.
const (
	planAssumed = "assumed"
	planPlain   = "plain"
)

// builtInPlans are the plans by name.
var builtInPlans = map[string]func(seed uint64) replay.Plan{
	planAssumed: replay.AssumedPlan,
	planPlain:   replay.PlainPlan,
}

// defaultSeed is that of the built-in plans.
const defaultSeed = 1

func isBuiltIn(plan string) bool { return builtInPlans[plan] != nil }

func (a *app) planCommand() *cobra.Command {
	seed := seed{value: defaultSeed}
	cmd := &cobra.Command{
		Use:   "plan [assumed|plain]",
		Short: "Print a built-in plan of what import and rounds assume",
		Long: `plan prints one of the built-in plans as YAML with comments, to be changed and
given to import or rounds with --plan.

"assumed" has four GPU classes at five sites, and lots with donors' conditions;
"plain" has one lot that serves everybody.`,
		Example:   "  commonpool plan assumed > plan.yaml",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{planAssumed, planPlain},
		RunE: func(_ *cobra.Command, args []string) error {
			name := strings.Join(append(args, planAssumed)[:1], "")
			return writePlan(a.stdout, name, builtInPlans[name](seed.value))
		},
	}
	cmd.Flags().Var(&seed, "seed", "seed of what is drawn (default 1)")
	return cmd
}

//go:embed plan.yaml.tmpl
var planText string

var planTemplate = template.Must(template.New("plan").Funcs(template.FuncMap{
	"q": quotedYAML, "list": listYAML, "conditions": conditionsYAML,
}).Parse(planText))

// writePlan writes a plan as YAML for people.
func writePlan(w io.Writer, name string, plan replay.Plan) error {
	return planTemplate.Execute(w, struct {
		Name string
		replay.Plan
	}{name, plan})
}

// quotedYAML is a text as YAML: bare where it cannot be anything else.
func quotedYAML(text any) (string, error) {
	s := fmt.Sprint(text)
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && s != "" && s[0] >= 'a' {
		return s, nil
	}
	encoded, err := json.Marshal(s)
	return string(encoded), err
}

// listYAML is a list of texts as YAML: its JSON.
func listYAML(texts any) (string, error) {
	encoded, err := json.Marshal(texts)
	return strings.ReplaceAll(string(encoded), ",", ", "), err
}

// conditionsYAML are those conditions that are there, as the inside of a YAML map.
func conditionsYAML(c replay.PlanConditions) (string, error) {
	var parts []string
	value := reflect.ValueOf(c)
	for i := range value.NumField() {
		if value.Field(i).IsZero() {
			continue
		}
		text, err := listYAML(value.Field(i).Interface())
		if err != nil {
			return "", err
		}
		parts = append(parts, value.Type().Field(i).Tag.Get("yaml")+": "+text)
	}
	return strings.Join(parts, ", "), nil
}
