package traces

import "github.com/commonpool/commonpool/internal/fault"

// Format is one of RequestCSV, Sacct and SWF. The zero value is none of them.
type Format struct {
	name             string
	processorsPerGPU int64
}

// RequestCSV is the CSV of requests described in the package comment.
func RequestCSV() Format { return Format{name: "csv"} }

// Sacct is the output of Slurm's sacct -P.
func Sacct() Format { return Format{name: "sacct"} }

// SWF is the Standard Workload Format. processorsPerGPU, at least 1, says how
// many of its processors stand for one GPU; 1 treats processors as GPUs.
func SWF(processorsPerGPU int64) Format {
	return Format{name: "swf", processorsPerGPU: processorsPerGPU}
}

// FormatNamed is the format called csv, sacct or swf. processorsPerGPU matters
// to swf alone. The error is a *fault.Error, Invalid: unknown_format, or
// bad_option where swf lacks its processors per GPU.
func FormatNamed(name string, processorsPerGPU int64) (Format, error) {
	f := Format{name: name}
	if name == "swf" {
		f.processorsPerGPU = processorsPerGPU
	}
	if _, err := f.parser(); err != nil {
		return Format{}, err
	}
	return f, nil
}

// String is the name that FormatNamed takes.
func (f Format) String() string {
	if f.name == "" {
		return "no format"
	}
	return f.name
}

// parser begins an input of this format.
func (f Format) parser() (parser, error) {
	switch f.name {
	case "csv":
		return &requestParser{}, nil
	case "sacct":
		return &sacctParser{}, nil
	case "swf":
		if f.processorsPerGPU < 1 {
			return nil, fault.New(fault.Invalid, "bad_option",
				"this format counts processors: say how many stand for one GPU (1 or more), not %d", f.processorsPerGPU)
		}
		return &swfParser{processorsPerGPU: f.processorsPerGPU}, nil
	}
	return nil, fault.New(fault.Invalid, "unknown_format", "%s: the formats are csv, sacct and swf", quoted(f.name))
}
