import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ModelPage } from '../../../components/ModelPage.tsx';
import { readModelView } from '../../../lib/chain/queries.ts';
import { count, isHash, permalink, short, widthsLabel } from '../../../lib/format.ts';
import { plainName } from '../../../lib/names.ts';
import { CardEditor } from './CardEditor.tsx';

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

async function load({ params }: Props) {
  const { id } = await params;
  if (!isHash(id)) return undefined;
  return readModelView(id.toLowerCase() as `0x${string}`);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const view = await load(props);
  if (!view || 'missing' in view) return { title: 'Unknown model' };
  const { model, path, config, scores } = view;
  const [score] = scores;
  const title = `${plainName(model)} (${short(model.id)})`;
  const description = [
    `A ${widthsLabel(model.widths)} network, ${count(path.length - 1)} proven steps of descent from its origin, on ${config.chainName} (${config.chainId}).`,
    score?.right === undefined ? '' : `${count(score.right)} of ${count(score.rows)} rows right, proven.`,
  ].join(' ');
  return {
    title,
    description,
    alternates: { canonical: permalink(model.id, config.chainId) },
    openGraph: { title, description, type: 'article' },
  };
}

export default async function Page(props: Props) {
  const view = await load(props);
  if (!view) notFound();
  if ('missing' in view) return null;
  const { model, config } = view;
  const { chain } = await props.searchParams;
  const isOther = chain !== undefined && chain !== String(config.chainId);
  const { id, trainer, name = '', uri = '' } = model;
  return (
    <ModelPage
      view={view}
      {...(isOther && { warning: `The link is for another chain; this page shows chain ${config.chainId}.` })}
      {...(config.cards && {
        editor: <CardEditor key={`${name} ${uri}`} id={id} trainer={trainer} card={{ name, uri }} />,
      })}
    />
  );
}
