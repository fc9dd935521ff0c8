namespace FsxFuse.Integration.Tests;

/// <summary>What people run on a file system, on a mount and on a plain disk: each prints the same on both.</summary>
public sealed class WorkloadTests(SideBySide both) : IClassFixture<SideBySide>
{
    // Mode, owner, link count, size, mtime and target of everything below the current directory (a directory's own size and time may differ).
    private const string Metadata = """
        find . -mindepth 1 -type d -printf '%P d %m %U:%G\n' -o -printf '%P %y %m %U:%G %n %s %T@ %l\n' | sort
        """;

    [Fact]
    public Task Git_clones_works_and_collects_garbage() => both.CompareAsync("git", """
        git clone -q "file://$MATERIAL/origin" work
        cd work
        git status --porcelain; git fsck --full --strict 2>&1; git rev-parse 'HEAD^{tree}'
        git checkout -q -b topic
        for i in $(seq 1 100); do echo "line $i" >> "hard$((i % 50))"; done
        mkdir moved; git mv d01 moved/; git rm -rqf d02; echo new > new.txt; git add -A
        git status --porcelain | sort | sha256sum
        git commit -qm second; git rev-parse 'HEAD^{tree}'
        git checkout -q main; git status --porcelain
        git merge -q topic -m merged; git status --porcelain
        git stash list; echo dirty >> new.txt; git stash -q; cat new.txt; git stash pop -q; cat new.txt; git checkout -q new.txt
        git gc -q --prune=now; git fsck --full 2>&1; git count-objects -v | grep -E 'count|in-pack|packs|garbage'
        git log --format=%s --all; git status --porcelain; git archive HEAD | sha256sum
        git worktree add -q ../other topic; git -C ../other status --porcelain; git worktree remove ../other; ls ..
        """);

    [Fact]
    public Task Make_builds_a_program_and_knows_what_is_up_to_date() => both.CompareAsync("build", """
        sh "$SCRIPTS/program.sh"
        make -j4 >/dev/null; ./program; make -q program; make libparts.a >/dev/null; ar t libparts.a
        sleep 0.01; sed -i 's/BASE 3/BASE 4/' all.h; ! make -q program; make -j4 | wc -l; ./program; make -q program
        sleep 0.01; touch part7.c; make -n program | grep -c -- -c
        make clean >/dev/null; ls
        """);

    [Fact]
    public async Task Dotnet_builds_and_runs_a_program() => Assert.Equal("Hello, World!\nHello, World!\n", await both.Mount.BashAsync("""
        export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
        mkdir dotnet; cd dotnet
        echo '<configuration><packageSources><clear /></packageSources></configuration>' > NuGet.config
        dotnet new console -o app --no-restore >/dev/null
        cd app; dotnet build -v q -nologo --disable-build-servers >/dev/null; dotnet bin/Debug/*/app.dll; ./bin/Debug/*/app
        """));

    [Fact]
    public Task Trees_are_unpacked_copied_compared_and_removed() => both.CompareAsync("tree", $$"""
        tar xf "$MATERIAL/tree.tar" --same-owner
        diff -r --no-dereference --exclude=.git "$MATERIAL/origin" origin
        (cd origin; {{Metadata}}) > listing; sha256sum < listing
        cp -a origin copy; diff -r --no-dereference origin copy; (cd copy; {{Metadata}}) | cmp - listing
        tar -C copy --sort=name -cf - . | tar -tvf - --full-time | sort | sha256sum
        find copy -type f -size +4k | wc -l; find copy -name '*.txt' -newermt 2020-01-01 | sort | sha256sum; du -s --apparent-size --exclude=. copy/d01/*.txt | sha256sum
        chmod -R go-rwx copy; find copy -perm /077 ! -type l; mv copy moved; find moved -type f -print0 | sort -z | xargs -0 cat | sha256sum
        rm -rf moved; ls
        rm -rf origin; ls; find . | wc -l
        """);

    [SkippableProgramFact("rsync")]
    public Task Rsync_transfers_a_tree_once() => both.CompareAsync("rsync", $$"""
        rsync -aH --exclude=.git --out-format=%n "$MATERIAL/origin/" tree | sort | sha256sum
        rsync -aHc --exclude=.git --out-format='again %n' "$MATERIAL/origin/" tree
        (cd tree; {{Metadata}}) | sha256sum
        echo changed >> tree/hard1; rm tree/hard2; mkdir tree/extra
        rsync -aH --exclude=.git --delete --out-format='%o %n' "$MATERIAL/origin/" tree | sort; rsync -aH --inplace --exclude=.git --out-format=%n "$MATERIAL/origin/" tree
        diff -r --no-dereference --exclude=.git "$MATERIAL/origin" tree
        """);

    [Fact]
    public Task Sqlite_with_a_write_ahead_log_serves_readers_and_writers() => both.CompareAsync("sqlite", """
        python3 "$SCRIPTS/wal.py" .
        sqlite3 journal.db 'PRAGMA journal_mode=TRUNCATE; CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<20000) INSERT INTO t SELECT hex(i) FROM n; CREATE INDEX i ON t(a); BEGIN; DELETE FROM t; ROLLBACK; SELECT count(*) FROM t; PRAGMA integrity_check;'
        sqlite3 journal.db .dump | sha256sum
        """);

    [SkippableProgramFact("fio")]
    public Task Fio_reads_back_what_it_wrote() => both.CompareAsync("fio", """
        run() { fio --name=job --size=8m --verify=crc32c --verify_fatal=1 --do_verify=1 --randseed=7 --output-format=terse "$@" >/dev/null && echo "$*"; }
        run --rw=randwrite --bs=4k --ioengine=psync
        run --rw=randwrite --bsrange=512-70000 --bs_unaligned=1 --ioengine=psync
        run --rw=randwrite --bs=4k --ioengine=mmap
        run --rw=write --bs=128k --direct=1 --ioengine=libaio --iodepth=8
        run --rw=randrw --bs=4k --ioengine=psync --numjobs=2 --fsync=64
        """);

    [Fact]
    public Task Dd_reads_and_writes_around_the_page_cache() => both.CompareAsync("dd", """
        head -c 4194304 "$MATERIAL/tree.tar" > input
        dd if=input of=output bs=64k oflag=direct status=none; sha256sum < output
        dd if=output bs=4k iflag=direct status=none | sha256sum
        dd if=input of=output bs=4k seek=100 count=7 conv=notrunc oflag=direct status=none; sha256sum < output
        dd if=output of=sparse bs=1M seek=3 conv=fsync status=none; stat -c %s sparse; cat sparse | sha256sum
        dd if=/dev/null of=sparse bs=1 seek=12345 status=none; stat -c %s sparse; sha256sum < sparse
        fallocate -l 1M room; stat -c %s room; fallocate -p -o 4096 -l 8192 output; sha256sum < output
        cp --sparse=always sparse again; cmp sparse again; cp --reflink=auto output copied; cmp output copied
        truncate -s 100 output; truncate -s 5000 output; sha256sum < output
        """);

    [Fact]
    public Task Mappings_are_shared_private_and_bounded() => both.CompareAsync("mmap", """python3 "$SCRIPTS/mappings.py" .""");
}
