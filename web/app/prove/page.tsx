import type { Metadata } from 'next';
import { PageHead } from '../../components/Section.tsx';
import { provingBytes } from '../../lib/files.ts';
import { ProveScreen } from './ProveScreen.tsx';

export const metadata: Metadata = { title: 'Prove in the browser' };

export const dynamic = 'force-dynamic';

export default function Page() {
  const keys = provingBytes();
  return (
    <>
      <PageHead title="Train and prove here">
        A small network, from your data to a registered child, without installing anything. Data and weights stay in
        this tab: only commitments and proofs leave it, in transactions that you sign.
      </PageHead>
      {keys?.data && keys.seed && keys.train ? (
        <ProveScreen keys={keys} />
      ) : (
        <p className="mx-auto max-w-7xl px-4 sm:px-6">
          The proving keys are not on this server. <span className="hash">npm run setup</span> makes them.
        </p>
      )}
    </>
  );
}
