// Package test checks what needs the whole program or the whole tree: that the
// house keeps its import table (house_test.go) and that the commands in the
// README run (readme_test.go). The gate's own scripts are here as well.
package test
