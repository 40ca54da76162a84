import type { Metadata } from 'next';
import { getAddress, isAddress } from 'viem';
import { PageHead } from '../../../components/Section.tsx';
import { CreditScreen } from './CreditScreen.tsx';

export const metadata: Metadata = {
  title: 'Credit',
  description: 'What trainers are owed of payments to their models and to descendants of their models.',
};

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const { trainer } = await searchParams;
  const asked =
    typeof trainer === 'string' && isAddress(trainer, { strict: false }) ? { asked: getAddress(trainer) } : {};
  return (
    <>
      <PageHead title="Credit">
        Anyone can pay a model. Each ancestor’s trainer gets its share of the whole payment, whatever lies between. The
        model’s own trainer gets the rest. Money waits in a contract until it is claimed and withdrawn.
      </PageHead>
      <CreditScreen {...asked} />
    </>
  );
}
