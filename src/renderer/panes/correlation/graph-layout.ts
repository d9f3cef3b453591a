// Where services stand: who is called stands to the right of who calls it, as far as calls go one way. Of calls in a circle, one goes
// back. Within a column the order is that of whoever calls them, so that edges cross little.

export interface LaidNode {
  readonly node: number;
  readonly layer: number;
  /** Place within its layer, from 0, and how many are in it. */
  readonly place: number;
  readonly placesInLayer: number;
}

interface Edge {
  readonly from: number;
  readonly to: number;
}

export function layOut(
  count: number,
  edges: readonly Edge[],
): { readonly nodes: readonly LaidNode[]; readonly layers: number } {
  const forward = withoutCircles(count, edges);
  const layer = layersOf(count, forward);
  const layers = count === 0 ? 0 : Math.max(...layer) + 1;
  const byLayer = Array.from({ length: layers }, (_, at) => layer.flatMap((own, node) => (own === at ? [node] : [])));
  const place = new Map<number, number>();
  const note = (nodes: readonly number[]): void => {
    for (const [at, node] of nodes.entries()) place.set(node, (at + 0.5) / nodes.length);
  };
  for (const nodes of byLayer) note(nodes);
  for (let round = 0; round < 4; round++)
    for (const [at, nodes] of byLayer.entries()) {
      const middle = (node: number): number => {
        const callers = forward.flatMap(({ from, to }) => (to === node ? [place.get(from) ?? 0.5] : []));
        return callers.length === 0
          ? (place.get(node) ?? 0.5)
          : callers.reduce((sum, one) => sum + one, 0) / callers.length;
      };
      const sorted = nodes.toSorted((a, b) => middle(a) - middle(b) || a - b);
      byLayer[at] = sorted;
      note(sorted);
    }
  const nodes = byLayer.flatMap((own, at) =>
    own.map((node, index) => ({ node, layer: at, place: index, placesInLayer: own.length })),
  );
  return { nodes: nodes.toSorted((a, b) => a.node - b.node), layers };
}

/** Without those that lead back to a node that is still being followed, and those to itself. */
function withoutCircles(count: number, edges: readonly Edge[]): readonly Edge[] {
  const state = new Uint8Array(count);
  const kept: Edge[] = [];
  const follow = (node: number): void => {
    state[node] = 1;
    for (const edge of edges) {
      if (edge.from !== node || edge.to === node || state[edge.to] === 1) continue;
      kept.push(edge);
      if (state[edge.to] === 0) follow(edge.to);
    }
    state[node] = 2;
  };
  const called = new Set(edges.flatMap(({ from, to }) => (from === to ? [] : [to])));
  // Whom nobody calls first: they are where calls begin.
  for (let node = 0; node < count; node++) if (!called.has(node)) follow(node);
  for (let node = 0; node < count; node++) if (state[node] === 0) follow(node);
  return kept;
}

/** The longest way from a beginning. */
function layersOf(count: number, edges: readonly Edge[]): number[] {
  const layer = Array.from({ length: count }, () => 0);
  for (let round = 0; round < count; round++) {
    let hasMoved = false;
    for (const { from, to } of edges) {
      const least = (layer[from] ?? 0) + 1;
      if ((layer[to] ?? 0) >= least) continue;
      layer[to] = least;
      hasMoved = true;
    }
    if (!hasMoved) break;
  }
  return layer;
}
