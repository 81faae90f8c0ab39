/** The earth mover's distance, exactly: the least work that turns one heap of earth into another. */

/** Reduced costs count as negative beyond this share of the largest cost: less is rounding. */
const ROUNDING = 1e-12;

/**
 * The least Σ flow · cost over all flows (M, N) that move the supplies to the demands.
 *
 * The network simplex method: a basis is a tree of arcs between sources and sinks, and each pivot lets in an arc that
 * makes it cheaper. Trees are strongly feasible, so it ends however many flows are zero.
 *
 * @param supply (M,) positive integers
 * @param demand (N,) positive integers with the same sum
 * @param cost (M, N) row by row, not negative
 * @see Ahuja, Magnanti and Orlin 1993, Network Flows, chapter 11
 */
export function earthMoverCost(supply: ArrayLike<number>, demand: ArrayLike<number>, cost: Float64Array): number {
  const tree = new TransportTree(supply, demand, cost);
  let largest = 0;
  for (const value of cost) largest = Math.max(largest, value);
  const entering = new EnteringArcs(tree, ROUNDING * largest);
  for (let arc = entering.next(); arc >= 0; arc = entering.next()) tree.pivot(arc);
  return tree.totalCost();
}

/** Finds arcs that make a tree cheaper: the best of a block of arcs, block after block, round and round. */
class EnteringArcs {
  private arc = 0;
  private source = 0;
  private sink = 0;
  private readonly block: number;

  constructor(
    private readonly tree: TransportTree,
    private readonly rounding: number,
  ) {
    this.block = Math.max(16, Math.ceil(Math.sqrt(tree.cost.length)));
  }

  /** An arc of negative reduced cost, what a unit of flow would change; -1 when there is none: the flow is the best. */
  next(): number {
    const { cost, potential, sources, sinks } = this.tree;
    for (let left = cost.length; left > 0; left -= this.block) {
      let best = -1;
      let least = -this.rounding;
      for (let i = Math.min(this.block, left); i > 0; i--) {
        const reduced = cost[this.arc] - potential[this.source] - potential[sources + this.sink];
        if (reduced < least) {
          least = reduced;
          best = this.arc;
        }
        this.arc++;
        if (++this.sink < sinks) continue;
        this.sink = 0;
        if (++this.source < sources) continue;
        this.source = this.arc = 0;
      }
      if (best >= 0) return best;
    }
    return -1;
  }
}

const NONE = -1;

/**
 * A spanning tree of the nodes 0 … M - 1 (sources) and M … M + N - 1 (sinks), rooted at the last sink. An arc a leads from
 * the source ⌊a / N⌋ to the sink M + a mod N. Every arc of the tree that carries nothing points towards the root.
 */
class TransportTree {
  readonly sources: number;
  readonly sinks: number;
  private readonly parent: Int32Array;
  private readonly depth: Int32Array;
  private readonly firstChild: Int32Array;
  private readonly nextSibling: Int32Array;
  private readonly previousSibling: Int32Array;
  /** what the arc between each node and its parent carries */
  private readonly flow: Float64Array;
  /** for each arc of the tree, potential of its source + potential of its sink = its cost */
  readonly potential: Float64Array;

  constructor(
    supply: ArrayLike<number>,
    demand: ArrayLike<number>,
    readonly cost: Float64Array,
  ) {
    this.sources = supply.length;
    this.sinks = demand.length;
    const nodes = this.sources + this.sinks;
    this.parent = new Int32Array(nodes).fill(NONE);
    this.depth = new Int32Array(nodes);
    this.firstChild = new Int32Array(nodes).fill(NONE);
    this.nextSibling = new Int32Array(nodes).fill(NONE);
    this.previousSibling = new Int32Array(nodes).fill(NONE);
    this.flow = new Float64Array(nodes);
    this.potential = new Float64Array(nodes);
    this.fillNorthWest(supply, demand);
    this.settle(nodes - 1);
  }

  totalCost(): number {
    let total = 0;
    for (let node = 0; node < this.parent.length; node++) {
      if (this.parent[node] !== NONE) total += this.flow[node] * this.parentCost(node);
    }
    return total;
  }

  /** Lets an arc in, moves as much flow round its cycle as can be, and takes out an arc that then carries nothing. */
  pivot(arc: number): void {
    const source = Math.floor(arc / this.sinks);
    const sink = this.sources + (arc % this.sinks);
    const { apex, leaving, amount } = this.cycle(source, sink);
    for (let node = source; node !== apex; node = this.parent[node]) {
      this.flow[node] += this.isSource(node) ? -amount : amount;
    }
    for (let node = sink; node !== apex; node = this.parent[node]) {
      this.flow[node] += this.isSource(node) ? amount : -amount;
    }
    const sinkSide = leaving.side === sink;
    this.hang(sinkSide ? sink : source, sinkSide ? source : sink, leaving.node, amount);
  }

  /**
   * The cycle that the arc closes: where its two ways up meet, how much can be moved round it, and the arc (of `node` to
   * its parent, on the way up from `side`) that then carries nothing. Of several the last one, seen from the apex along
   * the arc: so the tree stays strongly feasible.
   */
  private cycle(source: number, sink: number) {
    const { parent, depth, flow } = this;
    const onSource = { side: source, node: NONE };
    const onSink = { side: sink, node: NONE };
    let amount = Number.POSITIVE_INFINITY;
    let sinkAmount = Number.POSITIVE_INFINITY;
    let a = source;
    let b = sink;
    while (a !== b) {
      if (depth[a] >= depth[b]) {
        if (this.isSource(a) && flow[a] < amount) {
          amount = flow[a];
          onSource.node = a;
        }
        a = parent[a];
      } else {
        if (!this.isSource(b) && flow[b] <= sinkAmount) {
          sinkAmount = flow[b];
          onSink.node = b;
        }
        b = parent[b];
      }
    }
    if (sinkAmount <= amount) return { apex: a, leaving: onSink, amount: sinkAmount };
    return { apex: a, leaving: onSource, amount };
  }

  /** Cuts `top` off its parent and hangs what is below it, turned round, to `to` by its node `from`. */
  private hang(from: number, to: number, top: number, amount: number): void {
    let node = from;
    let above = to;
    let carried = amount;
    for (;;) {
      const next = this.parent[node];
      const was = this.flow[node];
      this.unlink(node);
      this.link(node, above, carried);
      if (node === top) break;
      above = node;
      carried = was;
      node = next;
    }
    this.settle(from);
  }

  private link(node: number, above: number, carried: number): void {
    const next = this.firstChild[above];
    this.parent[node] = above;
    this.flow[node] = carried;
    this.nextSibling[node] = next;
    this.previousSibling[node] = NONE;
    if (next !== NONE) this.previousSibling[next] = node;
    this.firstChild[above] = node;
  }

  private unlink(node: number): void {
    const next = this.nextSibling[node];
    const previous = this.previousSibling[node];
    if (next !== NONE) this.previousSibling[next] = previous;
    if (previous !== NONE) this.nextSibling[previous] = next;
    else this.firstChild[this.parent[node]] = next;
  }

  /** Depths and potentials of a node and all below it, from its parent's. */
  private settle(top: number): void {
    const { parent, depth, potential, firstChild, nextSibling } = this;
    for (let node = top; ; ) {
      if (parent[node] !== NONE) {
        depth[node] = depth[parent[node]] + 1;
        potential[node] = this.parentCost(node) - potential[parent[node]];
      }
      if (firstChild[node] !== NONE) {
        node = firstChild[node];
        continue;
      }
      while (node !== top && nextSibling[node] === NONE) node = parent[node];
      if (node === top) return;
      node = nextSibling[node];
    }
  }

  /** A first flow: each source in turn fills the sinks in turn. */
  private fillNorthWest(supply: ArrayLike<number>, demand: ArrayLike<number>): void {
    let source = 0;
    let sink = 0;
    let left = supply[0];
    let lacking = demand[0];
    while (source < this.sources - 1 || sink < this.sinks - 1) {
      const moved = Math.min(left, lacking);
      left -= moved;
      lacking -= moved;
      // where both are used up, the source's next arc carries nothing: it points to the root, which is ahead
      if (lacking === 0 && sink < this.sinks - 1) {
        this.link(this.sources + sink, source, moved);
        lacking = demand[++sink];
      } else {
        this.link(source, this.sources + sink, moved);
        left = supply[++source];
      }
    }
    this.link(source, this.sources + sink, Math.min(left, lacking));
  }

  private isSource(node: number): boolean {
    return node < this.sources;
  }

  /** The cost of the arc between a node and its parent. */
  private parentCost(node: number): number {
    const parent = this.parent[node];
    return this.cost[
      this.isSource(node) ? node * this.sinks + parent - this.sources : parent * this.sinks + node - this.sources
    ];
  }
}
