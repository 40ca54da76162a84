/** Shown when no chain is configured. */
export function NothingToRead({ reason }: { reason: string }) {
  return (
    <main id="content" className="mx-auto grid min-h-dvh max-w-xl content-center gap-4 px-5 py-16">
      <p className="legend">Descent</p>
      <h1 className="title text-4xl">No chain to read yet</h1>
      <p>{reason}</p>
      <p>
        Start the demo with <code className="hash">npm run demo</code>, which makes a chain with a tree of proven models
        and tells this page where it is; or name a node and a registry in <code className="hash">DESCENT_RPC</code> and{' '}
        <code className="hash">DESCENT_REGISTRY</code>.
      </p>
    </main>
  );
}
