import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ModelPage } from '../../../../components/ModelPage.tsx';
import { marksOf } from '../../../../components/ResultMarks.tsx';
import { readModelView } from '../../../../lib/chain/queries.ts';
import { count, isHash, networkLabel, permalink, plural, short } from '../../../../lib/format.ts';
import { benchmarkName, plainName } from '../../../../lib/names.ts';
import { pageMetadata } from '../../../../lib/pageMetadata.ts';
import { CardEditor } from './CardEditor.tsx';
import { PayButton } from './PayButton.tsx';
import { StatusEditor } from './StatusEditor.tsx';

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

async function load({ params, searchParams }: Props) {
  const { id } = await params;
  if (!isHash(id)) return undefined;
  const { benchmark } = await searchParams;
  return readModelView(id.toLowerCase() as `0x${string}`, typeof benchmark === 'string' ? benchmark : undefined);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const view = await load(props);
  if (!view || 'missing' in view) return { title: 'Unknown model' };
  const { model, lineage, config, result, choice } = view;
  const { sums } = lineage;
  const title = `${plainName(model)} (${short(model.id)})`;
  const description = [
    `A ${networkLabel(model)} network with ${plural(sums.ancestors, 'ancestor')} by ${plural(sums.edges, 'edge')}, on ${config.chainName} (${config.chainId}).`,
    ...(result?.right !== undefined && choice.benchmark
      ? [
          `At least ${count(result.right)} of ${count(result.rows)} rows right on ${benchmarkName(choice.benchmark)}${marksOf(
            result,
          )
            .map((mark) => `, but ${mark}`)
            .join('')}.`,
        ]
      : []),
  ].join(' ');
  return pageMetadata(permalink(model.id, config.chainId), title, description);
}

export default async function Page(props: Props) {
  const view = await load(props);
  if (!view) notFound();
  if ('missing' in view) return null;
  const { model, config, trainerKey, standing } = view;
  const { chain } = await props.searchParams;
  const isOther = chain !== undefined && chain !== String(config.chainId);
  const { id, name = '', uri = '' } = model;
  return (
    <ModelPage
      view={view}
      pay={<PayButton id={id} />}
      {...(isOther && { warning: `The link is for another chain; this page shows chain ${config.chainId}.` })}
      editor={
        <>
          {config.cards && <CardEditor key={id} id={id} trainer={trainerKey} card={{ name, uri }} />}
          <StatusEditor key={id} id={id} trainerKey={trainerKey} {...(standing && { standing })} />
        </>
      }
    />
  );
}
