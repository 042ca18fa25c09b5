#!/usr/bin/perl
# The parent of one boxed QEMU (mode `machine`), or the holder of a template's memory for QEMU < 8.2 (mode `keeper`).
#
# It outlives the server that started it: own session, no pipe to anybody. It ends what it holds when that is over,
# when it gets SIGTERM, or when nobody has touched the lease file for longer than the lease. Then it removes the
# folder, unless a file `hibernated` in it says that somebody will come back.
#
# Perl because Node can neither create a memfd nor hand open descriptors to a child at chosen numbers nor set limits;
# Debian's perl-base is on every host. One of these stays beside every machine, so it loads no module: POSIX, Socket and
# File::Path would cost 3 MiB each time. System call numbers are those of x86_64 (linux/arch/x86/entry/syscalls).
use strict;
use warnings;

use constant {
    SYS_CLOSE => 3, SYS_SIGPROCMASK => 14, SYS_DUP2 => 33, SYS_SETSID => 112,
    SYS_PRCTL => 157, SYS_SIGNALFD4 => 289, SYS_PRLIMIT64 => 302, SYS_MEMFD_CREATE => 319,
    PR_SET_CHILD_SUBREAPER => 36, SFD_CLOEXEC => 0x80000,
    RLIMIT_FSIZE => 1, RLIMIT_CORE => 4, RLIMIT_NOFILE => 7,
    MFD_CLOEXEC => 1, MFD_ALLOW_SEALING => 2, F_ADD_SEALS => 1033,
    ALL_SEALS => 0x0f,    # SEAL | SHRINK | GROW | WRITE
    SEEK_DATA => 3, SEEK_HOLE => 4,
    AF_UNIX => 1, SOCK_STREAM => 1, O_NOFOLLOW => 0x20000, PRIO_PROCESS => 0,
    SIGHUP => 1, SIGINT => 2, SIGTERM => 15, SIGCHLD => 17, SIG_BLOCK => 0, SIG_UNBLOCK => 1, WNOHANG => 1,
    PR_SET_THP_DISABLE => 41,
    INFO_FD => 9,         # bubblewrap says here which process it started
};

my $mode = shift // '';
my %option = (lease_ms => 600_000, log_bytes => 65_536, fsize => 0, nofile => 256, nice => 0, oom => 0);
my (@listen, @read);
my $next_high = 100;    # descriptors are opened from here on before they get the numbers asked for
while (@ARGV) {
    my $flag = shift;
    last if $flag eq '--';
    my $value = shift // die "supervisor: $flag needs a value\n";
    if    ($flag eq '--listen') { push @listen, [split /=/, $value, 2] }
    elsif ($flag eq '--read')   { push @read,   [split /=/, $value, 2] }
    elsif ($flag =~ /^--([a-z-]+)$/) { (my $name = $1) =~ tr/-/_/; $option{$name} = $value }
    else { die "supervisor: unknown argument $flag\n" }
}
my $dir = $option{dir} // die "supervisor: --dir is missing\n";
umask 0077;
chdir $dir or die "supervisor: $dir: $!\n";

# Signals are read from a descriptor, so that none can slip in between a look and a wait.
my $signals = pack('Q', (1 << SIGHUP - 1) | (1 << SIGINT - 1) | (1 << SIGTERM - 1) | (1 << SIGCHLD - 1));
syscall(SYS_SIGPROCMASK, SIG_BLOCK, $signals, 0, 8) == 0 or die "supervisor: signals: $!\n";
my $signal_fd = syscall(SYS_SIGNALFD4, -1, $signals, 8, SFD_CLOEXEC);
die "supervisor: signalfd: $!\n" if $signal_fd < 0;
open(my $signal_in, '<&=', $signal_fd) or die "supervisor: signalfd: $!\n";

if    ($mode eq 'machine') { exit run_machine() }
elsif ($mode eq 'keeper')  { exit run_keeper() }
else                       { die "supervisor: unknown mode '$mode'\n" }

sub run_machine {
    syscall(SYS_PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);    # should bubblewrap die first, QEMU becomes our child
    if ($option{oom}) { spew('/proc/self/oom_score_adj', $option{oom}) }

    pipe(my $out_read, my $out_write)   or die "supervisor: pipe: $!\n";
    pipe(my $info_read, my $info_write) or die "supervisor: pipe: $!\n";
    my $box = fork // die "supervisor: fork: $!\n";
    if ($box == 0) {
        eval { become_box($out_write, $info_write); 1 } or print STDERR $@;
        $SIG{__WARN__} = sub { };    # handles whose descriptors are closed already
        exit 127;
    }
    close $out_write;
    close $info_write;
    my $info = do { local $/; <$info_read> } // '';
    my ($qemu) = $info =~ /"child-pid":\s*(\d+)/;
    record(supervisor => $$, box => $box, (defined $qemu ? (qemu => $qemu) : ()));

    open(my $log, '>>', 'supervisor.log') or die "supervisor: log: $!\n";
    my $room = $option{log_bytes} - (-s $log // 0);
    my $qemu_start = defined $qemu ? start_time($qemu) : '';
    my $box_gone = 0;
    my $ending = 0;
    my $out_open = 1;
    while (1) {
        my $ready = '';
        vec($ready, fileno $signal_in, 1) = 1;
        vec($ready, fileno $out_read, 1) = 1 if $out_open;
        my $count = select($ready, undef, undef, $ending ? 1 : lease_check_s());
        if ($count > 0 && $out_open && vec($ready, fileno $out_read, 1)) {
            my $bytes = sysread($out_read, my $chunk, 4096);
            $out_open = 0 unless $bytes;
            if ($bytes && $room > 0) { syswrite($log, substr($chunk, 0, $room)); $room -= $bytes }
        }
        if ($count > 0 && vec($ready, fileno $signal_in, 1)) {
            $ending = 1 if next_signal() != SIGCHLD;
        }
        my $children = 1;
        while ((my $gone = waitpid(-1, WNOHANG)) != 0) {
            if ($gone < 0) { $children = 0; last }
            $box_gone = 1 if $gone == $box;
        }
        last unless $children;
        $ending = 1 if lease_over();
        # Nothing in there is worth a goodbye. QEMU's number may be somebody else's once bubblewrap has reaped it.
        if ($ending) {
            kill 'KILL', $qemu if defined $qemu && start_time($qemu) eq $qemu_start;
            kill 'KILL', $box unless $box_gone;
        }
    }
    # Whoever started it may want to read why it died: until the mark `starting` is gone, nothing is removed.
    until ($ending || !-e 'starting' || lease_over()) {
        my $ready = '';
        vec($ready, fileno $signal_in, 1) = 1;
        $ending = 1 if select($ready, undef, undef, 0.5) > 0;
    }
    clean_up();
    return 0;
}

sub become_box {
    my ($out, $info) = @_;
    open(STDIN, '<', '/dev/null') or die "supervisor: /dev/null: $!\n";
    # First everything is opened high up, so that no chosen number is taken by something still needed.
    my @plan = ([INFO_FD, dup_high(fileno $info)]);
    for (@listen) {
        my ($fd, $path) = @$_;
        unlink $path;
        socket(my $socket, AF_UNIX, SOCK_STREAM, 0) or die "supervisor: socket: $!\n";
        # Bound under another name first: whoever sees the final one can connect to it.
        unlink "$path.new";
        bind($socket, pack('S a108', AF_UNIX, "$path.new")) or die "supervisor: $path: $!\n";
        listen($socket, 1) or die "supervisor: $path: $!\n";
        rename "$path.new", $path or die "supervisor: $path: $!\n";
        push @plan, [$fd, dup_high(fileno $socket)];
    }
    for (@read) {
        my ($fd, $path) = @$_;
        # Links are followed only to another process's descriptor, where a template's sealed memory is.
        my $flags = $path =~ m{^/proc/\d+/fd/\d+$} ? 0 : O_NOFOLLOW;
        sysopen(my $file, $path, $flags) or die "supervisor: $path: $!\n";
        push @plan, [$fd, dup_high(fileno $file)];
    }
    syscall(SYS_DUP2, fileno $out, 1) >= 0 or die "supervisor: stdout: $!\n";
    syscall(SYS_DUP2, fileno $out, 2) >= 0 or die "supervisor: stderr: $!\n";
    # Nothing else is inherited; dup2 makes the chosen ones last across exec (perl marks only its own close-on-exec).
    for my $fd (3 .. 99) { syscall(SYS_CLOSE, $fd) }
    for (@plan) { syscall(SYS_DUP2, $_->[1], $_->[0] + 0) >= 0 or die "supervisor: descriptor $_->[0]: $!\n" }
    syscall(SYS_CLOSE, $_->[1]) for @plan;

    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, $option{nofile});
    limit(RLIMIT_FSIZE, $option{fsize}) if $option{fsize};
    $SIG{XFSZ} = 'IGNORE';    # a write past the limit must fail with EFBIG, which QEMU reports, not kill
    if (defined $option{cgroup} && $option{cgroup} ne '') { spew("$option{cgroup}/cgroup.procs", 0) }
    if ($option{nice}) { setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + $option{nice}) }
    # QEMU asks for huge pages for its translation cache: most of each would stay empty, for every machine anew.
    syscall(SYS_PRCTL, PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0 or die "supervisor: huge pages: $!\n";
    syscall(SYS_SETSID);
    syscall(SYS_SIGPROCMASK, SIG_UNBLOCK, $signals, 0, 8);
    exec { $ARGV[0] } @ARGV or die "supervisor: $ARGV[0]: $!\n";
}

# Copies a template's memory into a memfd that nobody can change any more, and stays until nobody wants it.
sub run_keeper {
    my $file = $option{file} // die "supervisor: --file is missing\n";
    sysopen(my $from, $file, 0) or die "supervisor: $file: $!\n";
    my $size = -s $from;
    my $name = "underhood-template\0";    # syscall wants a string that it could write to
    my $fd = syscall(SYS_MEMFD_CREATE, $name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    die "supervisor: memfd: $!\n" if $fd < 0;
    open(my $to, '+<&=', $fd) or die "supervisor: memfd: $!\n";
    truncate($to, $size) or die "supervisor: memfd: $!\n";
    my $at = 0;
    # SEEK_DATA fails with ENXIO past the last data: the rest is a hole.
    while ($at < $size && defined(my $start = sysseek($from, $at, SEEK_DATA))) {
        my $stop = sysseek($from, $start, SEEK_HOLE) // $size;
        ($start, $stop) = ($start + 0, $stop + 0);
        sysseek($from, $start, 0);
        sysseek($to, $start, 0);
        for (my $left = $stop - $start; $left > 0;) {
            my $bytes = sysread($from, my $chunk, $left < 1_048_576 ? $left : 1_048_576);
            die "supervisor: $file: $!\n" unless $bytes;
            die "supervisor: memfd: $!\n" unless (syswrite($to, $chunk) // -1) == $bytes;
            $left -= $bytes;
        }
        $at = $stop;
    }
    close $from;
    fcntl($to, F_ADD_SEALS, ALL_SEALS) or die "supervisor: seal: $!\n";
    spew('memory', "/proc/$$/fd/$fd");
    record(supervisor => $$);
    until (lease_over()) {
        my $ready = '';
        vec($ready, fileno $signal_in, 1) = 1;
        last if select($ready, undef, undef, lease_check_s()) > 0;
    }
    clean_up();
    return 0;
}

sub next_signal {
    sysread($signal_in, my $info, 128) or return 0;
    return unpack('L', $info);    # ssi_signo, signalfd(2)
}

# Looking twice per lease tenth is plenty; at most every 30 s so that idle machines cost nothing.
sub lease_check_s {
    my $seconds = $option{lease_ms} / 10_000;
    return $seconds > 30 ? 30 : $seconds;
}

sub lease_over {
    my $touched = (stat 'lease')[9];
    return 1 unless defined $touched;    # the folder was taken away under us
    return (time - $touched) * 1000 > $option{lease_ms};
}

sub record {
    my @fields = @_;
    my $text = '';
    while (my ($name, $pid) = splice(@fields, 0, 2)) { $text .= "$name $pid " . start_time($pid) . "\n" }
    spew('processes.new', $text);
    rename 'processes.new', 'processes';
}

# Field 22 of proc(5)'s stat, counted after the name, which may hold anything.
sub start_time {
    my ($pid) = @_;
    open(my $in, '<', "/proc/$pid/stat") or return 0;
    my $line = <$in> // '';
    $line =~ s/^.*\)//s;
    return (split ' ', $line)[19] // 0;
}

sub clean_up {
    rmdir $option{cgroup} if defined $option{cgroup} && $option{cgroup} ne '';
    if (-e 'hibernated') { unlink 'processes'; return }
    chdir '/';
    remove($dir);
}

sub dup_high {
    my ($fd) = @_;
    my $high = $next_high++;
    syscall(SYS_DUP2, $fd, $high) >= 0 or die "supervisor: descriptor $fd: $!\n";
    return $high;
}

# A folder and everything below it; links are removed, never followed.
sub remove {
    my ($path) = @_;
    if (-l $path || !-d $path) { unlink $path; return }
    opendir(my $entries, $path) or return;
    remove("$path/$_") for grep { $_ ne '.' && $_ ne '..' } readdir $entries;
    closedir $entries;
    rmdir $path;
}

sub limit {
    my ($resource, $value) = @_;
    my $new = pack('QQ', $value + 0, $value + 0);
    syscall(SYS_PRLIMIT64, 0, $resource, $new, 0) == 0 or die "supervisor: limit $resource: $!\n";
}

sub spew {
    my ($path, $text) = @_;
    open(my $out, '>', $path) or return;
    print {$out} $text;
    close $out;
}
