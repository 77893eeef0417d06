//! Decimal numbers as Java's `BigDecimal` reads and writes them.

/// Largest power of ten that is written out. ThingsBoard has no such bound: `1e999999999` would make a
/// gigabyte of zeros.
const MOST_EXPONENT: u64 = 1000;

/// A decimal number as Java's `BigDecimal` sees it: digits × 10^-scale.
pub(crate) struct Decimal {
    negative: bool,
    /// Without leading zeros; empty for zero.
    digits: String,
    pub(crate) scale: i64,
}

impl Decimal {
    /// `None` when its exponent is beyond what we write out.
    pub(crate) fn read(spelling: &str) -> Option<Self> {
        let unsigned = spelling.strip_prefix('-');
        let (mantissa, exponent) = match unsigned.unwrap_or(spelling).split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned.unwrap_or(spelling), 0),
        };
        if exponent.unsigned_abs() > MOST_EXPONENT {
            return None;
        }
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").trim_start_matches('0').to_owned();
        let scale = i64::try_from(fraction.len()).ok()? - exponent;
        Some(Self { negative: unsigned.is_some(), digits, scale })
    }

    pub(crate) fn is_whole(&self) -> bool {
        let zeros = self.digits.len() - self.digits.trim_end_matches('0').len();
        self.digits.is_empty() || i64::try_from(zeros).is_ok_and(|zeros| self.scale <= zeros)
    }

    /// The whole part; `None` beyond 64 bits.
    pub(crate) fn to_i64(&self) -> Option<i64> {
        let plain = self.to_plain();
        plain.split('.').next()?.parse().ok()
    }

    /// The number times ten to this power.
    pub(crate) fn shifted(self, power: i64) -> Self {
        Self { scale: self.scale - power, ..self }
    }

    /// `BigDecimal.toPlainString`.
    pub(crate) fn to_plain(&self) -> String {
        let sign = if self.negative && !self.digits.is_empty() { "-" } else { "" };
        let digits = if self.digits.is_empty() { "0" } else { &self.digits };
        let Ok(scale) = usize::try_from(self.scale) else {
            let zeros = usize::try_from(-self.scale).unwrap_or(0);
            return if self.digits.is_empty() {
                "0".to_owned()
            } else {
                format!("{sign}{digits}{}", "0".repeat(zeros))
            };
        };
        if scale == 0 {
            return format!("{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        format!("{sign}{whole}.{fraction}")
    }
}
