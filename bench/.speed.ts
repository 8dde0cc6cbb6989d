import { resample } from '../src/decode/resample.js';
import { resample as speex } from '../src/decode/.speex-old.js';
const rate=[44100,48000,96000,44101,8000];
for (const r of rate) {
  const x=Float32Array.from({length:30*r},(_,i)=>Math.sin(i*i*1e-7)*.5);
  await resample(x,r,22050); await speex(x,r,22050);
  const a:number[]=[],b:number[]=[];
  for(let k=0;k<9;k++){ let t=performance.now(); await resample(x,r,22050); a.push(performance.now()-t); t=performance.now(); await speex(x,r,22050); b.push(performance.now()-t);}
  a.sort((p,q)=>p-q); b.sort((p,q)=>p-q);
  console.log(r,'ours min/med',a[0]!.toFixed(1),a[4]!.toFixed(1),'speex',b[0]!.toFixed(1),b[4]!.toFixed(1),'ratio',(b[4]!/a[4]!).toFixed(2));
}
