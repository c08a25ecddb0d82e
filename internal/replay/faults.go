package replay

import (
	"errors"

	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
)

// faults collects what a check finds, each with the path of its field.
type faults struct{ found []error }

func (f *faults) add(code, path, format string, args ...any) {
	f.found = append(f.found, fault.New(fault.Invalid, code, format, args...).At(0, path))
}

// within adds a fault unless least ≤ value ≤ most.
func (f *faults) within(path string, value, least, most int64) {
	if value < least || value > most {
		f.add(pool.CodeOutOfRange, path, "is %d, expected %d to %d", value, least, most)
	}
}

// nest adds the faults of a part, which stands at path.
func (f *faults) nest(path string, err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			f.nest(path, e)
		}
		return
	}
	var inner *fault.Error
	if !errors.As(err, &inner) {
		f.found = append(f.found, fault.New(fault.Invalid, pool.CodeMalformed, "%v", err).At(0, path).Because(err))
		return
	}
	at := *inner
	switch {
	case at.Path == "":
		at.Path = path
	case at.Path[0] == '[':
		at.Path = path + at.Path
	default:
		at.Path = path + "." + at.Path
	}
	f.found = append(f.found, &at)
}

func (f *faults) err() error { return errors.Join(f.found...) }
