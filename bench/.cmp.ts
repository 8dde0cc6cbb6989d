import { readFileSync, writeFileSync } from 'node:fs';
import { resample } from '../src/decode/resample.js';
import { resample as speex } from '../src/decode/.speex-old.js';
for (const [n,sr] of JSON.parse(readFileSync('/tmp/w/rs/man.json','utf8')) as [string,number][]) {
  const b=readFileSync(`/tmp/w/rs/${n}.in.f32`); const x=new Float32Array(b.buffer.slice(b.byteOffset,b.byteOffset+b.length));
  writeFileSync(`/tmp/w/rs/${n}.ours.f32`, await resample(x,sr,22050)); writeFileSync(`/tmp/w/rs/${n}.speex.f32`, await speex(x,sr,22050));
}
