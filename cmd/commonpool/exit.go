package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/commonpool/commonpool/internal/fault"
)

// Exit codes, one per kind of error. exitHelp says them in --help.
const (
	exitOK          = 0
	exitCheckFailed = 1
	exitInvalid     = 2
	exitNotFound    = 3
	exitConflict    = 4
	exitForbidden   = 5
	exitExhausted   = 6
	exitUnavailable = 7
	exitInternal    = 70
	exitInterrupted = 130
)

const exitHelp = `Exit status:
    0  done
    1  a check failed: verify found a difference, rounds or demo a broken law
    2  malformed or invalid input, or wrong usage
    3  not found: no such file, request or node
    4  conflict: the state does not allow it
    5  forbidden, also by the permissions of a file
    6  exhausted: a limit or a balance is used up
    7  unavailable: reading or writing failed, or a service is down
   70  a defect of commonpool itself
  130  interrupted`

// codes leads from the kind of a fault to the exit code.
var codes = map[fault.Kind]int{
	fault.Invalid:     exitInvalid,
	fault.NotFound:    exitNotFound,
	fault.Conflict:    exitConflict,
	fault.Forbidden:   exitForbidden,
	fault.Exhausted:   exitExhausted,
	fault.Unavailable: exitUnavailable,
}

// exitCode translates an error into an exit code. What is neither a fault nor
// of a named kind is a failure of the machine: reading or writing.
func exitCode(err error) int {
	var usage *usageError
	var check *checkError
	if code, known := codes[fault.KindOf(err)]; known {
		return code
	}
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		return exitInvalid
	case errors.As(err, &check):
		return exitCheckFailed
	case errors.Is(err, fs.ErrNotExist):
		return exitNotFound
	case errors.Is(err, fs.ErrPermission):
		return exitForbidden
	}
	return exitUnavailable
}

// usageError is a command line that asks for something impossible.
type usageError struct {
	command string // with the names above it
	err     error
}

func (e *usageError) Error() string {
	return fmt.Sprintf("%v (see %s --help)", e.err, e.command)
}

func (e *usageError) Unwrap() error { return e.err }

// checkError is the answer "no" of a command that checks something.
type checkError struct{ problem string }

func (e *checkError) Error() string { return e.problem }

// fileError names the file that an error is about.
type fileError struct {
	name string
	err  error
}

// inFile names the file (as given on the command line) of an error.
func inFile(name string, err error) error {
	if err == nil {
		return nil
	}
	return &fileError{name, err}
}

// Error says the name once: an error of the file system repeats it.
func (e *fileError) Error() string {
	problem := e.err
	var path *fs.PathError
	if fault.KindOf(problem) == 0 && errors.As(problem, &path) {
		problem = path.Err
	}
	return e.name + ": " + problem.Error()
}

func (e *fileError) Unwrap() error { return e.err }
