package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"time"

	cloudtasks "cloud.google.com/go/cloudtasks/apiv2"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	location = "projects/p/locations/l"
	queue    = location + "/queues/q"
	nowhere  = "http://127.0.0.1:9/"
)

// A bench is a new emulator with the queue q, and Google's client of it.
type bench struct {
	ctx    context.Context
	cancel context.CancelFunc
	client *cloudtasks.Client
	url    string
}

func newBench(wire string) *bench {
	var started struct{ Host, URL string }
	control("/start", nil, &started)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	return &bench{ctx: ctx, cancel: cancel, client: connect(ctx, wire, started.Host), url: started.URL}
}

func connect(ctx context.Context, wire, host string) *cloudtasks.Client {
	if wire == "rest" {
		return must(cloudtasks.NewRESTClient(ctx, option.WithEndpoint("http://"+host), option.WithoutAuthentication()))
	}
	return must(cloudtasks.NewClient(ctx,
		option.WithEndpoint(host),
		option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
	))
}

func (b *bench) close() {
	b.client.Close()
	b.cancel()
}

// advance moves the emulator's clock ahead; tasks that become due are delivered.
func (b *bench) advance(by string) { control("/advance", by, nil) }

// idle waits until no task is due and no attempt is running.
func (b *bench) idle() { control("/idle", nil, nil) }

// control calls the runner, which owns the emulator.
func control(path string, body, answer any) {
	sent := must(json.Marshal(body))
	response := must(http.Post(os.Getenv("CONTROL_URL")+path, "application/json", bytes.NewReader(sent)))
	defer response.Body.Close()
	received := must(io.ReadAll(response.Body))
	if response.StatusCode != http.StatusOK {
		panic(fmt.Sprintf("%s: %s", path, received))
	}
	if answer != nil {
		none(json.Unmarshal(received, answer))
	}
}

// A received is a request that a target received.
type received struct {
	method, uri, body string
	header            http.Header
}

// A target is a real HTTP server that answers with the given statuses and then repeats the last one.
type target struct {
	*httptest.Server
	mutex    sync.Mutex
	received []received
}

func newTarget(statuses ...int) *target {
	t := &target{}
	t.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		t.mutex.Lock()
		defer t.mutex.Unlock()
		status := statuses[min(len(t.received), len(statuses)-1)]
		t.received = append(t.received, received{r.Method, r.URL.RequestURI(), string(body), r.Header})
		w.WriteHeader(status)
	}))
	return t
}

// all returns the received requests and fails unless their number is as expected.
func (t *target) all(expected int) []received {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	equal(len(t.received), expected)
	return t.received
}

// inSeconds is the time the given number of seconds from now, in whole seconds.
func inSeconds(seconds int64) *timestamppb.Timestamp {
	return &timestamppb.Timestamp{Seconds: time.Now().Unix() + seconds}
}
