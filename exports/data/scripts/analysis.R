# Recompute the consensus table from the ratings, in base R: Rscript scripts/analysis.R, in the unpacked folder.
# It reads ratings/long.csv, or ratings/counts.csv where the ratings were not released, prints the table, and compares
# it with results/consensus_long.csv if that is there. The quantile types of R are those of the protocol.

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
folder <- if (length(script)) dirname(dirname(normalizePath(script[1]))) else getwd()

load_csv <- function(...) {
  table <- read.csv(file.path(folder, ...), encoding = "UTF-8", stringsAsFactors = FALSE, check.names = FALSE,
                    na.strings = character(0), colClasses = "character")
  # a text that a spreadsheet would execute is guarded by an apostrophe: it is taken off
  table[] <- lapply(table, function(x) sub("^'([=+@\t\r\n-]|\uFF1D|\uFF0B|\uFF0D|\uFF20)", "\\1", x))
  table
}
number <- function(x) suppressWarnings(as.numeric(x))

scale <- load_csv("ratings", "scale.csv")
settings <- load_csv("ratings", "settings.csv")
options <- number(scale$value)

counts_of_long <- function(long) {
  count <- function(part) {
    rated <- part$status == "rated"
    c(n_nq = sum(part$status == "nq"), n_blank = sum(part$status == "blank"),
      setNames(vapply(options, function(v) sum(rated & part$rating == v), 0), paste0("k_", options)))
  }
  one <- function(part, group) {
    key <- interaction(part$round, part$position, drop = TRUE, lex.order = TRUE)
    do.call(rbind, lapply(split(part, key), function(p)
      data.frame(round = p$round[1], statement = p$statement[1], group = group, t(count(p)), check.names = FALSE)))
  }
  long$rating <- number(long$rating)
  groups <- setdiff(unique(long$group), "all")
  rbind(one(long, "all"), do.call(rbind, lapply(groups, function(g) one(long[long$group == g, ], g))))
}

has_ratings <- file.exists(file.path(folder, "ratings", "long.csv"))
counts <- if (has_ratings) counts_of_long(load_csv("ratings", "long.csv")) else load_csv("ratings", "counts.csv")
for (name in grep("^(n_|k_)", names(counts), value = TRUE)) counts[[name]] <- number(counts[[name]])

describe <- function(row) {
  k <- unlist(row[paste0("k_", options)])
  n <- sum(k)
  setting <- settings[settings$round == row$round, ]
  x <- rep(options, k)
  base <- switch(setting$denominator, rated = n, answered = n + row$n_nq, shown = n + row$n_nq + row$n_blank)
  share <- function(k) if (n) 100 * k / base else NA
  out <- list(round = row$round, statement = row$statement, group = row$group, n_shown = n + row$n_nq + row$n_blank,
              n_rated = n, n_nq = row$n_nq, n_blank = row$n_blank)
  for (i in seq_along(options)) out[[paste0("k_", options[i])]] <- k[[i]]
  for (i in seq_along(options)) out[[paste0("pct_", options[i])]] <- share(k[[i]])
  for (set in c("agree", "combined", "disagree", "neutral")) {
    members <- scale[[set]] == "1"
    out[[paste0(set, "_k")]] <- if (any(members)) sum(k[members]) else NA
    out[[paste0(set, "_pct")]] <- if (any(members)) share(sum(k[members])) else NA
  }
  q <- if (n) quantile(x, c(0.25, 0.75), type = as.integer(setting$quantile_type), names = FALSE) else c(NA, NA)
  out$median <- if (n) median(x) else NA
  out$q1 <- q[1]
  out$q3 <- q[2]
  out$iqr <- q[2] - q[1]
  out$mean <- if (n) mean(x) else NA
  out$sd <- if (n > 1) sd(x) else NA
  as.data.frame(out, check.names = FALSE, stringsAsFactors = FALSE)
}

table <- do.call(rbind, lapply(seq_len(nrow(counts)), function(i) describe(counts[i, ])))
print(table[, c("round", "statement", "group", "n_rated", "n_nq", "combined_pct", "median", "iqr")],
      row.names = FALSE, digits = 4)

results <- file.path(folder, "results", "consensus_long.csv")
if (file.exists(results)) {
  told <- load_csv("results", "consensus_long.csv")
  at <- match(paste(told$round, told$statement, told$group, sep = "\r"),
              paste(table$round, table$statement, table$group, sep = "\r"))
  compared <- 0
  unequal <- character(0)
  for (name in intersect(setdiff(names(table), c("round", "statement", "group")), names(told))) {
    a <- number(told[[name]])
    b <- table[[name]][at]
    both <- !is.na(a) & !is.na(b)
    compared <- compared + sum(both)
    off <- which(both & abs(a - b) > 1e-9 * pmax(1, abs(a)))
    unequal <- c(unequal, if (length(off)) sprintf("round %s, %s, %s: %s", told$round[off], told$statement[off],
                                                   told$group[off], name))
  }
  cat(sprintf("%d compared, %d equal\n", compared, compared - length(unequal)))
  if (length(unequal)) cat(paste("not equal:", unequal), sep = "\n")
  if (length(unequal) || compared == 0) quit(status = 1)
}
