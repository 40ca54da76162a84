import type { Metadata } from 'next';
import { PageHead } from '../../../../components/Section.tsx';
import { readDatasets } from '../../../../lib/chain/queries.ts';
import { OpenScreen } from './OpenScreen.tsx';

export const metadata: Metadata = {
  title: 'Open a benchmark',
  description: 'Make a registered dataset a benchmark, or seal one that nobody has seen yet.',
};

export default async function Page() {
  const chain = await readDatasets();
  if ('missing' in chain) return null;
  return (
    <>
      <PageHead title="Open a benchmark">
        A benchmark is a list of registered shards with rules for who may enter. Your address and the rules are part of
        its identity, and no rule ever changes. A sealed benchmark commits to rows before anybody sees them.
      </PageHead>
      <OpenScreen datasets={chain.datasets} seals={chain.seals} />
    </>
  );
}
