package main

// The walk over the generated call tree (tree.go).  A walker goes down a path given by a number, and at
// its end keeps an allocation, so that a profile gets as many different stacks as there were paths.

const (
	maxDepth = 26 // Go before 1.23 records 32 frames; the rest is the way to the walker
	minDepth = 4
)

type walker struct {
	state  uint64
	depth  int
	sink   *[][]byte
	shrink bool
}

func (w *walker) random() uint64 { // xorshift64: the same walk for the same seed, everywhere
	w.state ^= w.state << 13
	w.state ^= w.state >> 7
	w.state ^= w.state << 17
	return w.state
}

// next says how deep there is still to go and which branch to take.
func (w *walker) next() (depth int, choice uint64) {
	if w.depth == 0 {
		return 0, 0
	}
	w.depth--
	return w.depth, w.random() >> 20 % 5
}

func (w *walker) size() int {
	r := w.random()
	return 16 << (r % 8) * int(1+r>>8%3)
}

func (w *walker) keep(b []byte) {
	*w.sink = append(*w.sink, b)
}

// The boxes are inlined into their callers, and one is generic: both kinds of names occur in profiles.
func box0(w *walker) { w.keep(make([]byte, 24)) }
func box1(w *walker) { w.keep(grown[byte](w.size())) }
func box2(w *walker) { inner2(w) }
func box3(w *walker) { w.keep(append([]byte(nil), "a short text that is kept"...)) }
func box4(w *walker) { w.keep([]byte(label(w.size()))) }

func inner2(w *walker) { w.keep(make([]byte, 80)) }

func grown[T any](n int) []T { return make([]T, n) }

//go:noinline
func label(n int) string {
	b := make([]byte, n&63+1)
	return string(b)
}

type node0 int
type node1 int
type node2 int
type node3 int

func (n node0) walk(w *walker)  { tree[int(n)%treeSize](w) }
func (n *node1) step(w *walker) { tree[int(*n)%treeSize](w) }

//go:noinline
func (n node1) walk(w *walker) { (&n).step(w) }

//go:noinline
func (n node2) walk(w *walker) { func() { tree[int(n)%treeSize](w) }() }

//go:noinline
func (n node3) walk(w *walker) { call(int(n), tree[:], w) }

func call(i int, fs []func(*walker), w *walker) { fs[i%len(fs)](w) }

// grow keeps what the walks from..to allocate; each walk has its own seed and so its own stack.
func growTree(sink map[uint64][][]byte, from, to uint64) {
	for i := from; i < to; i++ {
		var kept [][]byte
		w := &walker{state: i*0x9e3779b97f4a7c15 + 1, sink: &kept}
		w.random()
		w.depth = minDepth + int(w.random()>>7%(maxDepth-minDepth))
		tree[int(w.random()>>9%treeSize)](w)
		sink[i] = kept
	}
}
