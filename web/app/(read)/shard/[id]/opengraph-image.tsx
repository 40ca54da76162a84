import { shardInWords } from '../../../../components/Lists.tsx';
import { devKeysInWords, SHARE_SIZE, shareImage } from '../../../../components/ShareImage.tsx';
import { readShard } from '../../../../lib/chain/pages.ts';
import { plural, short } from '../../../../lib/format.ts';
import { idIn } from '../../../../lib/ids.ts';

export const size = SHARE_SIZE;
export const contentType = 'image/png';
export const alt = 'A shard in the Descent register';

interface Props {
  params: Promise<{ id: string }>;
}

export default async function Image({ params }: Props) {
  const id = idIn((await params).id);
  const view = id && (await readShard(id));
  if (!view || 'missing' in view) return shareImage();
  const { config, shard, trainedOn } = view;
  return shareImage({
    kind: 'Shard of committed rows',
    title: short(shard.id),
    id: short(shard.id, 14, 10),
    lines: [shardInWords(shard), `${plural(trainedOn.total, 'model')} trained on it`],
    warnings: devKeysInWords(config),
  });
}
