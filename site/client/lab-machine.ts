// Second entry script of a lab's page, after lab-page.ts: the machine's half, children before the desk that joins the two.
import './uh-help.ts';
import './uh-settings.ts';
import './uh-boot.ts';
import './uh-notice.ts';
import './uh-search.ts';
import './uh-terminal.ts';
import './uh-transcript.ts';
import './uh-xray.ts';
import './uh-machine.ts';
import './uh-ports.ts';
import './uh-rewind.ts';
import './uh-desk.ts';
