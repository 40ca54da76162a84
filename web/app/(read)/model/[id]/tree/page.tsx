import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { readChoice, readGraph } from '../../../../../lib/chain/queries.ts';
import { isHash } from '../../../../../lib/format.ts';
import { proquint } from '../../../../../lib/proquint.ts';
import { paramsOf, parseTreeLink, questionOf } from '../../../../../lib/treeLink.ts';
import { TreeScreen } from '../../../tree/TreeScreen.tsx';

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Tree around ${proquint((await params).id)}` };
}

export default async function Page({ params, searchParams }: Props) {
  const { id } = await params;
  if (!isHash(id)) notFound();
  const link = parseTreeLink(`/model/${id}/tree`, paramsOf(await searchParams));
  const choice = await readChoice(link.benchmark);
  if ('missing' in choice) return null;
  const graph = await readGraph(questionOf(link, choice.benchmark?.id));
  if ('missing' in graph) return null;
  if (graph.nodes.length === 0) notFound();
  return <TreeScreen initial={graph} choice={choice} link={link} />;
}
