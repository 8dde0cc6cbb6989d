/** Extensions that are taken for sounds without a look inside: what they hold is told when they are decoded. */
const SOUND_EXTENSIONS = new Set(
  'wav wave bwf rf64 w64 aif aiff aifc flac mp3 ogg oga opus m4a aac wma wv ape caf au snd'.split(' '),
);

/** Extensions that are passed over without a look inside. Video is: its sound is seldom what a library of sounds wants. */
const OTHER_EXTENSIONS = new Set(
  [
    'txt md markdown rst log nfo rtf doc docx odt pdf epub tex bib csv tsv json jsonl ndjson yaml yml toml ini cfg conf xml plist',
    'html htm css scss js mjs cjs jsx ts mts cts tsx map vue svelte wasm wat py pyc ipynb r rb pl php java class kt go rs c h cc cpp hpp m swift cs sh bash zsh fish bat ps1 lua sql',
    'jpg jpeg jpe jfif jp2 jxl png gif webp bmp tif tiff svg ico heic heif avif psd ai eps xcf raw cr2 cr3 nef arw orf rw2 dng',
    'mp4 m4v mov avi mkv webm wmv flv f4v mpg mpeg m2ts vob ogv ogm rm rmvb divx srt ass vtt sub idx',
    'zip tar gz tgz bz2 xz zst 7z rar iso dmg pkg deb rpm exe dll so dylib o a lib bin dat db sqlite sqlite3 parquet arrow feather npy npz pkl pt pth onnx safetensors h5 hdf5 mat',
    'm3u m3u8 pls cue xspf asx wpl wax wvx ram b4s vlc zpl fpl toc lrc sfz sf2 sf3 dls mid midi kar als flp cpr logicx band rpp aup aup3 ptx sesx asd pek sfk reapeaks nki fxp fxb vst3 adg adv',
    'url lnk torrent part crdownload tmp bak swp lock md5 sha1 sha256 sfv ffp accurip ttf otf woff woff2',
  ].flatMap((line) => line.split(' ')),
);

/** What a file's name says: 'unknown' asks for a look inside. */
export function judgeName(name: string): 'sound' | 'other' | 'unknown' {
  const dot = name.lastIndexOf('.');
  if (dot <= 0) return 'unknown';
  const extension = name.slice(dot + 1).toLowerCase();
  if (SOUND_EXTENSIONS.has(extension)) return 'sound';
  return OTHER_EXTENSIONS.has(extension) ? 'other' : 'unknown';
}
