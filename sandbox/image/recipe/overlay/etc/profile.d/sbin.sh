# Looking needs no privilege: swapon --show, sysctl, bridge link. Debian leaves /usr/sbin to root; Red Hat does not.
case :$PATH: in
  *:/usr/sbin:*) ;;
  *) PATH=$PATH:/usr/local/sbin:/usr/sbin ;;
esac
