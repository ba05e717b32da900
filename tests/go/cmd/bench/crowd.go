package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"switchboard.test/go/host"
	"switchboard.test/go/model"
)

// changing are the statuses that the benchmark gives people in turn.
var changing = []string{model.StatusOnline, model.StatusAway, model.StatusDnd}

// crowdStatus is what one of the crowd has at first: four of 25 have Mattermost open, as on a large server by day.
func crowdStatus(i int) string {
	if i%25 < 4 {
		return changing[i%25%len(changing)]
	}
	return model.StatusOffline
}

// nextStatus is another one than this.
func nextStatus(status string) string {
	for i, s := range changing {
		if s == status {
			return changing[(i+1)%len(changing)]
		}
	}
	return changing[0]
}

// otherStatus is what a command's status means for somebody: itself, or with "next" another than they have.
func otherStatus(told, now string) string {
	if told == "next" {
		return nextStatus(now)
	}
	return told
}

// callCounts is how often the plugin called the methods that read people and statuses, and how often within one second at most.
type callCounts struct {
	Statuses     int `json:"statuses"`
	StatusesMost int `json:"statuses_most_in_a_second"`
	Users        int `json:"users"`
	UsersMost    int `json:"users_most_in_a_second"`
}

// crowdCommand changes statuses ("status <from> <how many> <step> <status, or next>"), or tells of the calls since it was last
// asked ("calls").
func crowdCommand(line string, world *host.World) (any, error) {
	var (
		from, n, step int
		status        string
	)
	if _, err := fmt.Sscanf(line, "status %d %d %d %s", &from, &n, &step, &status); err == nil {
		changes := map[string]string{}
		for i := range n {
			id := host.PersonID(from + i*step)
			changes[id] = otherStatus(status, world.Status(id).Status)
		}
		world.SetStatuses(changes)
		return struct{}{}, nil
	}
	if line != "calls" {
		return nil, errors.New("there is no such command")
	}
	defer world.ForgetCalls()
	return callCounts{
		Statuses: world.Calls("GetUserStatusesByIds"), StatusesMost: world.MostCallsInASecond("GetUserStatusesByIds"),
		Users: world.Calls("GetUsers"), UsersMost: world.MostCallsInASecond("GetUsers"),
	}, nil
}

// believePublished takes each status that somebody publishes as the one that the server has from then on, as it is when
// a browser changes its own status and then publishes it. Otherwise whoever reads statuses would find the old ones.
func believePublished(world *host.World, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/status/publish") {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			var e struct {
				User   string `json:"user_id"`
				Status string `json:"status"`
			}
			if json.Unmarshal(body, &e) == nil {
				world.SetStatus(e.User, e.Status)
			}
		}
		next.ServeHTTP(w, r)
	})
}
