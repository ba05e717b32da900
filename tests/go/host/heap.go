package host

// ballast is memory that stays in use, so that the garbage collector runs as seldom, and as long, as in a server at work.
type ballast struct {
	next, other *ballast
	name        string
	data        []byte
	numbers     [6]int64
}

var kept *ballast

// LiveHeap fills the heap with about this many MiB of small linked objects that are never freed.
func LiveHeap(mib int) {
	const each = 1024 // bytes, near enough: a struct of 128 and its data
	for range mib << 20 / each {
		kept = &ballast{next: kept, name: "ballast", data: make([]byte, each-128)}
		if kept.next != nil {
			kept.other = kept.next.next
		}
	}
}
