// Entry script of the home page.
import './uh-theme.ts';
import './uh-find.ts';
import './uh-language.ts';
import './uh-start.ts';
import './uh-map.ts';
