package config

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
)

// CodeUnknownKey is the code of a key that does not exist.
const CodeUnknownKey = "unknown_key"

// EnvPrefix begins the name of every variable that Load reads.
const EnvPrefix = "COMMONPOOL_"

// MaxFileBytes bounds the file.
const MaxFileBytes = 1 << 20

// Load returns the defaults, overridden by the file at path (none if it is
// empty), then by the environment, then by those flags that were given on the
// command line (nil: none). Flags of other names are not settings and are left
// alone; so are variables such as COMMONPOOL_PORT, which Kubernetes sets for a
// service of that name, unless they begin like a section.
//
// The error joins *fault.Error: NotFound or Unavailable for the file as a
// whole, otherwise Invalid, with the place as each source spells it.
func Load(path string, flags *pflag.FlagSet) (Config, error) {
	c := Default()
	l := loader{settings: c.settings()}
	if path != "" {
		if err := l.file(path); err != nil {
			return Config{}, err
		}
	}
	l.environment()
	if flags != nil {
		l.flags(flags)
	}
	for _, f := range each(c.Check()) {
		l.found = append(l.found, f)
	}
	if len(l.found) > 0 {
		return Config{}, errors.Join(l.found...)
	}
	return c, nil
}

// loader sets what it reads, source by source, and keeps the faults it finds.
type loader struct {
	settings []setting
	found    []error
}

func (l *loader) refuse(code, place, format string, args ...any) {
	l.found = append(l.found, fault.New(fault.Invalid, code, format, args...).At(0, place))
}

func (l *loader) set(s setting, place string, value any) {
	if err := s.set(value); err != nil {
		l.refuse(pool.CodeMalformed, place, "%v", err)
	}
}

// file sets what a file says. It returns what makes the file as a whole
// unreadable; other faults are kept.
func (l *loader) file(path string) error {
	content, err := read(path)
	if err != nil {
		return err
	}
	return l.document(path, content)
}

// document sets what the content of a file says.
func (l *loader) document(path string, content document) error {
	k := koanf.New(".")
	if err := k.Load(content, yaml.Parser()); err != nil {
		return misspelt(path, err)
	}
	l.sections(named(l.settings, func(key string) string { return key }), "", k.Raw())
	return nil
}

// sections walks a section of the file. It looks at the keys as they stand
// there, because once they are joined by dots, "policy.max_passes" at the top
// can no longer be told from max_passes in the section policy.
func (l *loader) sections(known names, above string, section map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(section)) {
		place, value := above+key, section[key]
		setting, exists := known[place]
		if strings.Contains(key, ".") {
			exists = false
		}
		inner, isSection := value.(map[string]any)
		switch {
		case exists:
			l.set(setting, place, value)
		case !known.section(place, "."):
			l.refuse(CodeUnknownKey, place, "there is no such key; there are %s", known.below(above))
		case value == nil: // a section of which every line is commented out
		case !isSection:
			l.refuse(pool.CodeMalformed, place, "%v", expected("a section with "+known.below(place+"."), value))
		default:
			l.sections(known, place+".", inner)
		}
	}
}

// environment sets what the variables say.
func (l *loader) environment() {
	known := named(l.settings, func(key string) string {
		return EnvPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
	})
	k := koanf.New("")
	// The provider without a delimiter hands the variables on as they are, and
	// can then not fail.
	_ = k.Load(env.Provider("", env.Opt{Prefix: EnvPrefix}), nil)
	variables := k.Raw()
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if setting, exists := known[name]; exists {
			l.set(setting, name, variables[name])
			continue
		}
		rest := strings.TrimPrefix(name, EnvPrefix)
		section, _, _ := strings.Cut(rest, "_")
		if known.section(EnvPrefix+section, "_") {
			l.refuse(CodeUnknownKey, name, "there is no such variable; there are %s", known.below(EnvPrefix+section+"_"))
		}
	}
}

// flags sets what was given on the command line.
func (l *loader) flags(given *pflag.FlagSet) {
	known := named(l.settings, func(key string) string {
		return strings.NewReplacer(".", "-", "_", "-").Replace(key)
	})
	k := koanf.New("")
	_ = k.Load(posflag.ProviderWithFlag(given, "", nil, func(f *pflag.Flag) (string, any) {
		return f.Name, f.Value.String()
	}), nil) // cannot fail either
	values := k.Raw()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if setting, exists := known[name]; exists {
			l.set(setting, "--"+name, values[name])
		}
	}
}

// document is the content of a file, as koanf takes it.
type document []byte

func (d document) ReadBytes() ([]byte, error)    { return d, nil }
func (d document) Read() (map[string]any, error) { return nil, errors.ErrUnsupported }

// read reads a file that is not larger than a file of settings can be, whatever
// it is: koanf's own reader would follow /dev/zero to the end of memory.
func read(path string) (document, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "no_such_file", "there is no file %s", path).Because(err)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "unreadable", "%v", err).Because(err)
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "unreadable", "%v", err).Because(err)
	}
	if len(content) > MaxFileBytes {
		return nil, fault.New(fault.Invalid, "too_large", "%s has more than %d bytes", path, MaxFileBytes)
	}
	return content, nil
}

var yamlPlace = regexp.MustCompile(`line (\d+): (.*)`)

// misspelt turns the parser's error, which may name several lines, into faults.
func misspelt(path string, err error) error {
	var found []error
	for _, m := range yamlPlace.FindAllStringSubmatch(err.Error(), -1) {
		line, _ := strconv.Atoi(m[1])
		found = append(found, fault.New(fault.Invalid, pool.CodeMalformed, "%s is not YAML: %s", path, m[2]).At(line, ""))
	}
	if len(found) == 0 {
		return fault.New(fault.Invalid, pool.CodeMalformed, "%s is not YAML: %v", path, err)
	}
	return errors.Join(found...)
}
