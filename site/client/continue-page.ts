// Entry script of the page that takes a recovery code.
import './uh-theme.ts';
import './uh-find.ts';
import './uh-language.ts';
import './uh-come-back.ts';
