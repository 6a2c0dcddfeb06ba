// River on the same work as the other peers. The contract with the benchmark stands in ../shared/serve.mjs.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

const inFlight = 100

// Request is what a client asked for, as a job carries it: the same as in ../shared/post.mjs.
type Request struct {
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

func (Request) Kind() string { return "post" }

func requestOf(number int) Request {
	return Request{
		Path: "/",
		Headers: map[string]string{
			"content-type":          "application/json",
			"user-agent":            "peer",
			"x-source":              "bench",
			"idempotency-key":       fmt.Sprintf("peer-%d", number),
			"x-belfry-execution-id": fmt.Sprint(number),
		},
		Body: fmt.Sprintf(`{"orderId":%d,"action":"remind","note":"forty bytes or so that a client sends"}`, number),
	}
}

type poster struct {
	river.WorkerDefaults[Request]
	client *http.Client
	target string
}

// Work sends the request. The record is the job's own row, which River marks as completed.
func (p *poster) Work(ctx context.Context, job *river.Job[Request]) error {
	request, err := http.NewRequestWithContext(ctx, "POST", p.target+job.Args.Path, strings.NewReader(job.Args.Body))
	if err != nil {
		return err
	}
	for name, value := range job.Args.Headers {
		// Not Set, which would write them in capitals: the target knows them as the other peers write them.
		request.Header[name] = []string{value}
	}
	response, err := p.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusNoContent {
		return fmt.Errorf("the target answered %d", response.StatusCode)
	}
	return nil
}

// program is River's client, made anew for each run, over one pool and one HTTP client.
type program struct {
	pool *pgxpool.Pool
	post *poster
}

func (p *program) newClient() (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, p.post)
	return river.NewClient(riverpgxv5.New(p.pool), &river.Config{
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: inFlight}},
		Workers: workers,
		// The default, 100 ms, would hold 100 workers to 1,000 jobs a second. From 1 to 10 ms the rate stays the same.
		FetchCooldown:     2 * time.Millisecond,
		FetchPollInterval: 20 * time.Millisecond,
		Logger:            slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
}

func (p *program) enqueue(ctx context.Context, first, count int) error {
	client, err := p.newClient()
	if err != nil {
		return err
	}
	for from := first; from < first+count; from += 1_000 {
		var jobs []river.InsertManyParams
		for number := from; number < min(from+1_000, first+count); number++ {
			jobs = append(jobs, river.InsertManyParams{Args: requestOf(number)})
		}
		if _, err := client.InsertManyFast(ctx, jobs); err != nil {
			return err
		}
	}
	return nil
}

// work ends when River has told of each job that its row is completed. It returns what stops the client.
func (p *program) work(ctx context.Context, count int) (func() error, error) {
	client, err := p.newClient()
	if err != nil {
		return nil, err
	}
	events, unsubscribe := client.SubscribeConfig(&river.SubscribeConfig{
		ChanSize: count,
		Kinds:    []river.EventKind{river.EventKindJobCompleted, river.EventKindJobFailed},
	})
	defer unsubscribe()
	if err := client.Start(ctx); err != nil {
		return nil, err
	}
	for done := 0; done < count; done++ {
		if event := <-events; event.Kind == river.EventKindJobFailed {
			return nil, fmt.Errorf("job %d failed: %v", event.Job.ID, event.Job.Errors)
		}
	}
	return func() error { return client.Stop(ctx) }, nil
}

func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func say(reply map[string]any) {
	line, _ := json.Marshal(reply)
	fmt.Println(string(line))
}

func milliseconds(duration time.Duration) float64 { return float64(duration.Nanoseconds()) / 1e6 }

func main() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		panic(err)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		panic(err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		panic(err)
	}
	// Go keeps 2 idle connections to a host unless told otherwise, and would connect for nearly every request.
	transport := &http.Transport{MaxIdleConns: inFlight, MaxIdleConnsPerHost: inFlight, DisableCompression: true}
	target := strings.TrimSuffix(os.Getenv("TARGET_URL"), "/")
	program := &program{pool: pool, post: &poster{client: &http.Client{Transport: transport}, target: target}}
	say(map[string]any{"ready": true})

	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var command struct {
			Do    string
			First int
			Count int
		}
		if err := json.Unmarshal(lines.Bytes(), &command); err != nil {
			panic(err)
		}
		cleanUp := func() error { return nil }
		cpuBefore, started := cpu(), time.Now()
		if command.Do == "enqueue" {
			err = program.enqueue(ctx, command.First, command.Count)
		} else {
			cleanUp, err = program.work(ctx, command.Count)
		}
		wall, spent := time.Since(started), cpu()-cpuBefore
		if err == nil {
			err = cleanUp()
		}
		if err != nil {
			say(map[string]any{"error": err.Error()})
		} else {
			say(map[string]any{"wallMs": milliseconds(wall), "cpuMs": milliseconds(spent)})
		}
	}
}
