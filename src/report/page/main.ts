import { unpackReport, type PackedReport } from '../packed.js';
import { createAbout, createFailed } from './about.js';
import { announcerRegion } from './announcer.js';
import { element } from './element.js';
import { createHeader, createWarnings } from './header.js';
import { listenToKeys } from './keyboard.js';
import { createLegend } from './legend.js';
import { createModel } from './model.js';
import { createPanel } from './panel.js';
import { followPlayer } from './play-button.js';
import { createPlayerBar } from './player-bar.js';
import { Player } from './player.js';
import { createScores } from './scores.js';
import { SoundMap } from './sound-map.js';
import { createSweep } from './sweep.js';
import { Theme } from './theme.js';
import { ViewState } from './view-state.js';

function start(app: HTMLElement, packed: PackedReport): void {
  const model = createModel(unpackReport(packed));
  const state = new ViewState();
  const player = new Player(model);
  const theme = new Theme(model.clusters.length, () => map.redraw());
  const map = new SoundMap(model, player, state, theme);
  const panel = createPanel(model, player, state);
  const parts = [
    element(
      'div',
      { class: 'first-screen' },
      createHeader(model),
      createWarnings(model.data.warnings),
      element(
        'main',
        { class: 'stage' },
        element('div', { class: 'stage-map' }, map.root, createLegend(model, state)),
        panel,
      ),
    ),
    createScores(model, state),
    createSweep(model),
    createFailed(model),
    createAbout(model),
    createPlayerBar(player),
    announcerRegion(),
  ];
  app.replaceChildren(...parts.filter((part) => part !== null));
  followPlayer(panel, player);
  listenToKeys(player, state);
}

const app = document.querySelector<HTMLElement>('#app');
const text = document.querySelector('#report-data')?.textContent;
if (app && text) start(app, JSON.parse(text) as PackedReport);
