package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// feedProcess is a running `bench sockets`.
type feedProcess struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startFeed(h *hostProcess, s *side, people int) (*feedProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	f := &feedProcess{cmd: exec.Command(self, "sockets", "-url", h.URL, "-secret", presenceSays, "-people", fmt.Sprint(people), fmt.Sprintf("-snapshot=%v", s.watches))}
	f.cmd.Stderr = os.Stderr
	if f.in, err = f.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	f.out = bufio.NewReader(out)
	return f, f.cmd.Start()
}

func (f *feedProcess) ask(line string, args ...any) (result feedResult, err error) {
	if _, err := fmt.Fprintf(f.in, line+"\n", args...); err != nil {
		return result, err
	}
	text, err := f.out.ReadBytes('\n')
	if err != nil {
		return result, err
	}
	if err := json.Unmarshal(text, &result); err != nil {
		return result, err
	}
	if result.Error != "" {
		return result, errors.New(result.Error)
	}
	return result, nil
}

// stop ends it, once.
func (f *feedProcess) stop() error {
	if f.cmd.ProcessState != nil {
		return nil
	}
	f.in.Close()
	return f.cmd.Wait()
}
