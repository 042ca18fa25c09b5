// First entry script of a lab's page: the text's half. The machine's comes as a second script (lab-machine.ts), since a browser is deaf while a script
// sets up its elements: two of half the length let it answer in between.
import './uh-theme.ts';
import './uh-find.ts';
import './uh-progress.ts';
import './uh-clock.ts';
import './uh-keep.ts';
import './uh-layout.ts';
import './uh-splitter.ts';
import './uh-command.ts';
import './uh-passed.ts';
import './uh-quiz.ts';
import './uh-task.ts';
import './uh-lesson.ts';
import { restorePlace } from './uh-language.ts';
import { unfold } from './unfold.ts';

restorePlace();
void unfold();
