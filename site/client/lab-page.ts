// Entry script of a lab's page: the elements it uses, children before the desk that joins them.
import './uh-theme.ts';
import './uh-find.ts';
import './uh-help.ts';
import './uh-progress.ts';
import './uh-clock.ts';
import './uh-keep.ts';
import './uh-layout.ts';
import './uh-settings.ts';
import './uh-splitter.ts';
import './uh-command.ts';
import './uh-passed.ts';
import './uh-quiz.ts';
import './uh-task.ts';
import './uh-lesson.ts';
import './uh-boot.ts';
import './uh-notice.ts';
import './uh-search.ts';
import './uh-terminal.ts';
import './uh-transcript.ts';
import './uh-xray.ts';
import './uh-machine.ts';
import './uh-ports.ts';
import './uh-rewind.ts';
import { restorePlace } from './uh-language.ts';
import './uh-desk.ts';

restorePlace();
