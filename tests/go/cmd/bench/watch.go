package main

import (
	"fmt"
	"net/http"
	"time"
)

// How the reading of many people's statuses is measured.
const (
	watchTime  = time.Minute
	watchReady = 3 * time.Minute // until the first page is there
	changeHot  = 40              // people at once who have Mattermost open
	changeCold = 100             // people at once who do not
)

// watched is what reading many people's statuses costs, and how late a change is seen.
type watched struct {
	People     int        `json:"people"`
	Ready      float64    `json:"ready_s"`
	ReadyCPU   float64    `json:"ready_plugin_cpu_s"`
	RSS        float64    `json:"rss"`
	CPU        float64    `json:"plugin_cpu_ms_per_second"`
	HostCPU    float64    `json:"host_cpu_ms_per_second"`
	Seconds    float64    `json:"seconds"`
	FirstCalls callCounts `json:"first_round_calls"`
	Calls      callCounts `json:"calls"`
	Hot        feedResult `json:"hot"`
	Cold       feedResult `json:"cold"`
}

// watch has the product read the statuses of many people, with one client connected.
func watch(o *options) (*watched, error) {
	w := &watched{People: o.watch}
	progress("%d people are watched", w.People)
	h, err := startHost(o, &o.b, w.People)
	if err != nil {
		return nil, err
	}
	defer h.stop()
	began := time.Now()
	if err := answers(h.URL+o.b.Statuses, watchReady); err != nil {
		return nil, err
	}
	w.Ready = time.Since(began).Seconds()
	before, err := h.snapshot()
	if err != nil {
		return nil, err
	}
	w.ReadyCPU = before.plugin.Seconds()
	f, err := startFeed(h, &o.b, w.People)
	if err != nil {
		return nil, err
	}
	defer f.stop()
	if _, err := f.ask("connect 1"); err != nil {
		return nil, err
	}
	if err := h.ask(&w.FirstCalls, "calls"); err != nil {
		return nil, err
	}
	if before, err = h.snapshot(); err != nil {
		return nil, err
	}
	began = time.Now()
	time.Sleep(watchTime)
	after, err := h.snapshot()
	if err != nil {
		return nil, err
	}
	w.Seconds = time.Since(began).Seconds()
	w.CPU, w.HostCPU = (after.plugin-before.plugin).Seconds()*1000/w.Seconds, (after.host-before.host).Seconds()*1000/w.Seconds
	rss, err := memory(h.Plugin, "VmRSS")
	if err != nil {
		return nil, err
	}
	w.RSS = float64(rss)
	// crowdStatus: those at 0, 25, 50 … are online, those at 10, 35 … offline.
	if w.Hot, err = change(h, f, 0, changeHot, w.People/changeHot/25*25, "away"); err != nil {
		return nil, fmt.Errorf("a change of somebody who is online: %w", err)
	}
	if w.Cold, err = change(h, f, 10, changeCold, w.People/changeCold/25*25, "online"); err != nil {
		return nil, fmt.Errorf("a change of somebody who is offline: %w", err)
	}
	return w, h.ask(&w.Calls, "calls")
}

// change changes the statuses of some people and waits until the client knows.
func change(h *hostProcess, f *feedProcess, from, n, step int, status string) (feedResult, error) {
	people := fmt.Sprintf("%d %d %d %s", from, n, step, status)
	if _, err := f.ask("expect %s", people); err != nil {
		return feedResult{}, err
	}
	var none struct{}
	if err := h.ask(&none, "status %s", people); err != nil {
		return feedResult{}, err
	}
	return f.ask("finish")
}

// answers waits until a URL answers 200.
func answers(url string, limit time.Duration) error {
	client := http.Client{Timeout: limit}
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		answer, err := client.Get(url)
		if err != nil {
			return err
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return nil
		}
		if time.Since(began) > limit {
			return fmt.Errorf("after %v the statuses still answer %s", limit, answer.Status)
		}
	}
}
