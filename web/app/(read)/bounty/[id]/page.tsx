import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PageHead } from '../../../../components/Section.tsx';
import { readBounty } from '../../../../lib/chain/pages.ts';
import { amount } from '../../../../lib/format.ts';
import { pageMetadata } from '../../../../lib/pageMetadata.ts';
import { tokenName } from '../../../../lib/tokens.ts';
import { thresholdText } from '../../bounties/BountyCard.tsx';
import { OneBounty } from '../../bounties/OneBounty.tsx';

interface Props {
  params: Promise<{ id: string }>;
}

async function load({ params }: Props) {
  return readBounty((await params).id);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const view = await load(props);
  if (!view || 'missing' in view) return { title: 'Unknown bounty' };
  const { bounty, config } = view;
  const title = `Bounty ${bounty.id}: ${amount(bounty.amount, bounty.decimals)} ${tokenName(bounty)}`;
  return pageMetadata(
    `/bounty/${bounty.id}`,
    title,
    `${thresholdText(bounty)}, on ${config.chainName} (${config.chainId}).`,
  );
}

export default async function Page(props: Props) {
  const view = await load(props);
  if (!view) notFound();
  if ('missing' in view) return <PageHead title="Bounty">{view.missing}</PageHead>;
  const { bounty } = view;
  return (
    <>
      <PageHead
        title={`Bounty ${bounty.id}`}
        aside={
          <a className="button" href={`/api/bounty/${bounty.id}`}>
            JSON
          </a>
        }
      >
        A prize for the first model that is shown to reach a score and to meet the conditions. A contract judges.
      </PageHead>
      <OneBounty bounty={bounty} />
    </>
  );
}
